/* The screen as a picture. Lines and blocks are drawn as shapes, so that they join whatever the font. */
#include <stdio.h>
#include <string.h>

#include "assay/text/utf8.h"
#include "harness/screen.h"

static const double cell_width = 8.4, cell_height = 18, margin = 12, bar_height = 34;

enum { LEFT = 1, RIGHT = 2, UP = 4, DOWN = 8, HEAVY = 16 };

static const struct {
    uint32_t codepoint;
    unsigned arms;
} lines[] = {
    {0x2500, LEFT | RIGHT},
    {0x2502, UP | DOWN},
    {0x250c, RIGHT | DOWN},
    {0x2510, LEFT | DOWN},
    {0x2514, RIGHT | UP},
    {0x2518, LEFT | UP},
    {0x251c, UP | DOWN | RIGHT},
    {0x2524, UP | DOWN | LEFT},
    {0x252c, LEFT | RIGHT | DOWN},
    {0x2534, LEFT | RIGHT | UP},
    {0x253c, LEFT | RIGHT | UP | DOWN},
    {0x2503, UP | DOWN | HEAVY},
};

static void rectangle(FILE *file, double x, double y, double width, double height, const uint8_t rgb[3], double opacity)
{
    fprintf(file,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"#%02x%02x%02x\" "
            "shape-rendering=\"crispEdges\"",
            x, y, width, height, rgb[0], rgb[1], rgb[2]);
    if (opacity < 1)
        fprintf(file, " fill-opacity=\"%.2f\"", opacity);
    fputs("/>\n", file);
}

static bool draw_line(FILE *file, uint32_t codepoint, double x, double y, const uint8_t rgb[3])
{
    for (size_t at = 0; at < sizeof lines / sizeof *lines; at++) {
        if (lines[at].codepoint != codepoint)
            continue;
        unsigned arms = lines[at].arms;
        double middle_x = x + cell_width / 2, middle_y = y + cell_height / 2, half = (arms & HEAVY) != 0 ? 1.5 : 0.6;
        if ((arms & (LEFT | RIGHT)) != 0) {
            double from = (arms & LEFT) != 0 ? x : middle_x - half,
                   to = (arms & RIGHT) != 0 ? x + cell_width : middle_x + half;
            rectangle(file, from, middle_y - half, to - from, 2 * half, rgb, 1);
        }
        if ((arms & (UP | DOWN)) != 0) {
            double from = (arms & UP) != 0 ? y : middle_y - half,
                   to = (arms & DOWN) != 0 ? y + cell_height : middle_y + half;
            rectangle(file, middle_x - half, from, 2 * half, to - from, rgb, 1);
        }
        return true;
    }
    return false;
}

static bool draw_block(FILE *file, uint32_t codepoint, double x, double y, const uint8_t rgb[3])
{
    if (codepoint >= 0x2581 && codepoint <= 0x2588) {
        double height = cell_height * (codepoint - 0x2580) / 8;
        bool full = codepoint == 0x2588;
        rectangle(file, x, full ? y + 3 : y + cell_height - height, cell_width, full ? cell_height - 6 : height, rgb,
                  1);
        return true;
    }
    if (codepoint >= 0x2591 && codepoint <= 0x2593) {
        rectangle(file, x, y + 3, cell_width, cell_height - 6, rgb, 0.25 * (codepoint - 0x2590));
        return true;
    }
    return false;
}

static void put_escaped(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '&')
            fputs("&amp;", file);
        else if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '>')
            fputs("&gt;", file);
        else
            fputc(*text, file);
    }
}

static bool same_style(const struct screen_cell *a, const struct screen_cell *b)
{
    return memcmp(a->foreground, b->foreground, 3) == 0 && a->bold == b->bold && a->italic == b->italic &&
           a->underline == b->underline && a->strike == b->strike;
}

static void open_text(FILE *file, const struct screen_cell *cell, double y)
{
    fprintf(file, "<text y=\"%.2f\" fill=\"#%02x%02x%02x\"", y + 13.5, cell->foreground[0], cell->foreground[1],
            cell->foreground[2]);
    if (cell->bold)
        fputs(" font-weight=\"bold\"", file);
    if (cell->italic)
        fputs(" font-style=\"italic\"", file);
}

/* Cells of plain ASCII and one style, each letter on its own place. Returns the column after them. */
static int draw_run(struct screen *screen, FILE *file, int row, int column, double y)
{
    struct screen_cell first, cell;
    struct str places = STR_INIT;
    char letters[1024];
    size_t count = 0;
    screen_cell(screen, row, column, &first);
    for (; column < screen_columns(screen) && count < sizeof letters - 1; column++) {
        screen_cell(screen, row, column, &cell);
        bool plain = cell.text[0] > ' ' && (unsigned char)cell.text[0] < 0x7f && cell.text[1] == '\0';
        if (!plain || !same_style(&cell, &first))
            break;
        str_appendf(&places, "%s%.1f", count > 0 ? " " : "", margin + column * cell_width);
        letters[count++] = cell.text[0];
    }
    letters[count] = '\0';
    open_text(file, &first, y);
    fprintf(file, " x=\"%s\">", places.data);
    put_escaped(file, letters);
    fputs("</text>\n", file);
    str_clear(&places);
    return column;
}

static void draw_sign(FILE *file, const struct screen_cell *cell, double x, double y)
{
    uint32_t codepoint;
    utf8_decode(slice_of(cell->text), &codepoint, NULL);
    if (draw_line(file, codepoint, x, y, cell->foreground) || draw_block(file, codepoint, x, y, cell->foreground))
        return;
    open_text(file, cell, y);
    fprintf(file, " x=\"%.2f\">", x);
    put_escaped(file, cell->text);
    fputs("</text>\n", file);
}

static void draw_backgrounds(struct screen *screen, FILE *file, int row, double y)
{
    struct screen_cell first, cell;
    for (int column = 0, end; column < screen_columns(screen); column = end) {
        screen_cell(screen, row, column, &first);
        for (end = column + 1; end < screen_columns(screen); end++) {
            screen_cell(screen, row, end, &cell);
            if (memcmp(cell.background, first.background, 3) != 0)
                break;
        }
        rectangle(file, margin + column * cell_width, y, (end - column) * cell_width, cell_height + 0.4,
                  first.background, 1);
    }
    for (int column = 0; column < screen_columns(screen); column++) {
        screen_cell(screen, row, column, &cell);
        if (cell.underline)
            rectangle(file, margin + column * cell_width, y + 16, cell_width, 1, cell.foreground, 1);
        if (cell.strike)
            rectangle(file, margin + column * cell_width, y + 9, cell_width, 1, cell.foreground, 1);
    }
}

static void draw_row(struct screen *screen, FILE *file, int row)
{
    double y = bar_height + margin / 2 + row * cell_height;
    draw_backgrounds(screen, file, row, y);
    for (int column = 0; column < screen_columns(screen);) {
        struct screen_cell cell;
        screen_cell(screen, row, column, &cell);
        if (cell.text[0] == '\0' || strcmp(cell.text, " ") == 0) {
            column++;
        } else if (cell.text[1] == '\0') {
            column = draw_run(screen, file, row, column, y);
        } else {
            draw_sign(file, &cell, margin + column * cell_width, y);
            column += cell.width;
        }
    }
}

bool screen_svg(struct screen *screen, const char *path, const char *title)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    struct screen_cell corner;
    screen_cell(screen, screen_rows(screen) / 2, screen_columns(screen) - 1, &corner);
    const uint8_t *ground = corner.background;
    bool dark = ground[0] + ground[1] + ground[2] < 384;
    double width = 2 * margin + screen_columns(screen) * cell_width;
    double height = bar_height + 1.5 * margin + screen_rows(screen) * cell_height;
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
            "font-family=\"'DejaVu Sans Mono','Menlo','Consolas',monospace\" font-size=\"14\">\n",
            width, height, width, height);
    fprintf(
        file,
        "<rect x=\"0.5\" y=\"0.5\" width=\"%.0f\" height=\"%.0f\" rx=\"9\" fill=\"#%02x%02x%02x\" stroke=\"#%s\"/>\n",
        width - 1, height - 1, ground[0], ground[1], ground[2], dark ? "3a404b" : "c3c9d2");
    static const char *const lights[] = {"e0655c", "e0b04c", "62b35a"};
    for (int at = 0; at < 3; at++)
        fprintf(file, "<circle cx=\"%d\" cy=\"17\" r=\"6\" fill=\"#%s\"/>\n", 20 + 20 * at, lights[at]);
    fprintf(file, "<text x=\"%.0f\" y=\"22\" text-anchor=\"middle\" font-size=\"13\" fill=\"#%s\">", width / 2,
            dark ? "9aa3b2" : "5b6572");
    put_escaped(file, title);
    fputs("</text>\n", file);
    for (int row = 0; row < screen_rows(screen); row++)
        draw_row(screen, file, row);
    fputs("</svg>\n", file);
    return fclose(file) == 0;
}
