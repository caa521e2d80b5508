#include "harness/test.h"

#include <stdlib.h>

#include "assay/model/seats.h"

static void one_person_takes_one_seat(void **state)
{
    (void)state;
    const uint32_t may[] = {3};
    const unsigned char need[] = {1, 1};
    size_t seat[1];
    assert_int_equal(seats_fill(may, 1, need, 2, seat), 1);
    assert_int_equal(seat[0], 0);
}

static void somebody_moves_to_make_room(void **state)
{
    (void)state;
    /* The first may take either, the second only the first role. */
    const uint32_t may[] = {3, 1};
    const unsigned char need[] = {1, 1};
    size_t seat[2];
    assert_int_equal(seats_fill(may, 2, need, 2, seat), 2);
    assert_int_equal(seat[0], 1);
    assert_int_equal(seat[1], 0);
}

static void surplus_and_roles_without_seats_are_left_out(void **state)
{
    (void)state;
    const uint32_t may[] = {1, 1, 1, 2, 0, UINT32_C(1) << 31};
    unsigned char need[32] = {2, 0};
    size_t seat[6];
    need[31] = 255;
    assert_int_equal(seats_fill(may, 6, need, 32, seat), 3);
    assert_int_equal(seat[0], 0);
    assert_int_equal(seat[1], 0);
    assert_true(seat[2] == SEATS_NONE && seat[3] == SEATS_NONE && seat[4] == SEATS_NONE);
    assert_int_equal(seat[5], 31);
    assert_int_equal(seats_fill(NULL, 0, need, 32, NULL), 0);
}

/* The most that can be seated, by trying everything. */
static size_t by_trying(const uint32_t *may, size_t persons, unsigned char *need, size_t roles, size_t from)
{
    if (from == persons)
        return 0;
    size_t best = by_trying(may, persons, need, roles, from + 1);
    for (size_t role = 0; role < roles; role++) {
        if (!(may[from] >> role & 1) || !need[role])
            continue;
        need[role]--;
        size_t with = 1 + by_trying(may, persons, need, roles, from + 1);
        need[role]++;
        best = with > best ? with : best;
    }
    return best;
}

static void as_many_as_trying_everything(void **state)
{
    (void)state;
    srand(1);
    for (int round = 0; round < 3000; round++) {
        uint32_t may[6];
        unsigned char need[4];
        size_t seat[6], persons = (size_t)(rand() % 7), roles = (size_t)(1 + rand() % 4), taken[4] = {0};
        for (size_t p = 0; p < persons; p++)
            may[p] = (uint32_t)(rand() % (1 << roles));
        for (size_t r = 0; r < roles; r++)
            need[r] = (unsigned char)(rand() % 3);
        size_t filled = seats_fill(may, persons, need, roles, seat), seated = 0;
        assert_int_equal(filled, by_trying(may, persons, need, roles, 0));
        for (size_t p = 0; p < persons; p++) {
            if (seat[p] == SEATS_NONE)
                continue;
            assert_true(may[p] >> seat[p] & 1);
            taken[seat[p]]++;
            seated++;
        }
        assert_int_equal(seated, filled);
        for (size_t r = 0; r < roles; r++)
            assert_true(taken[r] <= need[r]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_person_takes_one_seat),
        cmocka_unit_test(somebody_moves_to_make_room),
        cmocka_unit_test(surplus_and_roles_without_seats_are_left_out),
        cmocka_unit_test(as_many_as_trying_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
