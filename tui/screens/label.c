#include "assay/screens/label.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int label_text(struct area area, int row, int column, unsigned pen, struct slice text)
{
    struct str clean = STR_INIT;
    sanitise_append(&clean, text, SANITISE_LINE);
    column = canvas_text(area, row, column, pen, str_slice(&clean));
    str_clear(&clean);
    return column;
}

int label_field(struct area area, int row, int column, int columns, enum canvas_align align, unsigned pen,
                struct slice text)
{
    struct str clean = STR_INIT;
    sanitise_append(&clean, text, SANITISE_LINE);
    column = canvas_field(area, row, column, columns, align, pen, str_slice(&clean));
    str_clear(&clean);
    return column;
}

int label_cut(struct area area, int row, int column, int columns, unsigned pen, struct slice text)
{
    struct str clean = STR_INIT;
    sanitise_append(&clean, text, SANITISE_LINE);
    int width = canvas_width(str_slice(&clean));
    if (columns > 0)
        column =
            canvas_field(area, row, column, width < columns ? width : columns, CANVAS_LEFT, pen, str_slice(&clean));
    str_clear(&clean);
    return column;
}

void label_age(int64_t seconds, char text[LABEL_SIZE])
{
    if (seconds >= 86400)
        snprintf(text, LABEL_SIZE, "%lld d", (long long)(seconds / 86400));
    else if (seconds >= 3600)
        snprintf(text, LABEL_SIZE, "%lld h", (long long)(seconds / 3600));
    else if (seconds >= 60)
        snprintf(text, LABEL_SIZE, "%lld min", (long long)(seconds / 60));
    else
        snprintf(text, LABEL_SIZE, "now");
}

void label_digest(const struct digest *digest, char text[LABEL_SIZE])
{
    char hex[64 + 1];
    digest_format_hex(digest, hex);
    snprintf(text, LABEL_SIZE, "%.12s", hex);
}

void label_number(double value, char text[LABEL_SIZE])
{
    snprintf(text, LABEL_SIZE, fabs(value) >= 100 ? "%.0f" : "%.2f", value);
}

void label_clock(int64_t seconds, char text[LABEL_SIZE])
{
    time_t when = (time_t)seconds;
    struct tm local;
    if (!localtime_r(&when, &local) || strftime(text, LABEL_SIZE, "%H:%M", &local) == 0)
        text[0] = '\0';
}

const char *label_verdict(enum verdict verdict)
{
    static const char *const words[] = {"approves", "asks for changes", "comment only", "withdraws"};
    return words[verdict];
}

const char *label_decision(enum triage_decision decision)
{
    static const char *const words[] = {"accepted", "fix required", "dismissed"};
    return words[decision];
}

unsigned label_risk_pen(enum risk risk)
{
    return risk == RISK_HIGH ? ROLE_WARNING : risk == RISK_MEDIUM ? ROLE_TEXT : ROLE_DIM;
}

void label_risk(enum risk risk, const struct slice *sensitivities, size_t count, const char *between, struct str *out)
{
    str_append_text(out, manifest_risk_name(risk));
    for (size_t i = 0; i < count; i++)
        str_appendf(out, "%s%.*s", between, SLICE_ARG(sensitivities[i]));
}
