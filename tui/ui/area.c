#include "assay/ui/area.h"

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

struct area area_part(struct area area, int row, int column, int rows, int columns)
{
    int top = clamp(row, 0, area.rows), left = clamp(column, 0, area.columns);
    int bottom = clamp(row + clamp(rows, 0, area.rows), top, area.rows);
    int right = clamp(column + clamp(columns, 0, area.columns), left, area.columns);
    return (struct area){
        .canvas = area.canvas,
        .row = area.row + top,
        .column = area.column + left,
        .rows = bottom - top,
        .columns = right - left,
    };
}

struct area area_top(struct area area, int rows)
{
    return area_part(area, 0, 0, rows, area.columns);
}

struct area area_below(struct area area, int rows)
{
    return area_part(area, rows, 0, area.rows, area.columns);
}

bool area_holds(struct area area, int row, int column)
{
    return row >= area.row && row < area.row + area.rows && column >= area.column &&
           column < area.column + area.columns;
}
