/* A rectangle of a canvas, by value. What is drawn into it counts rows and columns from its own corner, and is cut to
 * it. canvas_area gives the whole canvas. */
#ifndef ASSAY_UI_AREA_H
#define ASSAY_UI_AREA_H

#include <stdbool.h>

struct canvas;

struct area {
    struct canvas *canvas;
    int row, column;   /* in the canvas */
    int rows, columns; /* 0 or more */
};

/* Parts of an area, cut to it. */
struct area area_part(struct area area, int row, int column, int rows, int columns);
struct area area_top(struct area area, int rows);
struct area area_below(struct area area, int rows);     /* without its first `rows` rows */
bool area_holds(struct area area, int row, int column); /* a point of the canvas */

#endif
