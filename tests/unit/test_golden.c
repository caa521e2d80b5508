#include "harness/test.h"

#include "assay/base/str.h"
#include "assay/model/golden.h"

static struct error error;
static struct golden golden;

static int load(const char *text)
{
    error = ERROR_INIT;
    return golden_load(slice_of(text), SLICE("g.json"), &golden, &error);
}

static void three_shapes_are_one(void **state)
{
    (void)state;
    static const char *const shapes[] = {"{\"prompt\":\"p\",\"cases\":[{\"id\":\"b\",\"vars\":{\"x\":1},\"expected\":"
                                         "\"E\",\"tags\":[\"t\"],\"notes\":\"n\"},\n{\"id\":\"a\"}]}",
                                         "[{\"id\":\"b\",\"vars\":{\"x\":1},\"golden\":\"E\",\"tags\":[\"t\"],"
                                         "\"notes\":\"n\"},{\"id\":\"a\",\"vars\":null,\"tags\":null}]",
                                         "{\"id\":\"b\",\"vars\":{\"x\":1},\"ideal\":[\"E\"],\"tags\":[\"t\"],"
                                         "\"notes\":\"n\"}\n\n{\"id\":\"a\",\"expected\":null}\r\n"};
    for (size_t i = 0; i < 3; i++) {
        assert_success(load(shapes[i]), error);
        assert_slice(golden.prompt, i ? "" : "p");
        assert_int_equal(golden.count, 2);
        const struct golden_case *b = golden_find(&golden, SLICE("b")), *a = golden_find(&golden, SLICE("a"));
        assert_ptr_equal(b, &golden.cases[0]);
        assert_ptr_equal(a, &golden.cases[1]);
        assert_null(golden_find(&golden, SLICE("c")));
        assert_int_equal(value_integer(value_get(b->vars, "x"), 0), 1);
        assert_int_equal(b->expected_count, 1);
        assert_slice(b->expected[0], "E");
        assert_slice(b->tags[0], "t");
        assert_slice(b->notes, "n");
        assert_null(a->vars);
        assert_int_equal(a->expected_count + a->tag_count, 0);
        golden_clear(&golden);
    }
    assert_success(load("{\"id\":\"only\",\"ideal\":[\"x\",\"y\"]}\n"), error);
    assert_int_equal(golden.count, 1);
    assert_int_equal(golden.cases[0].expected_count, 2);
    assert_slice(golden.cases[0].expected[1], "y");
    golden_clear(&golden);
    assert_success(load("[]"), error);
    assert_null(golden_find(&golden, SLICE("")));
    golden_clear(&golden);
}

static void refused_by_name_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "g.json:1: not JSON"},
        {"\"x\"", "g.json:1: the file must be a list or a map, not text"},
        {"{}", "needs the key cases"},
        {"[{\"id\":\"a\"},\n {\"id\":\"a\"}]", "g.json:2: the case a is there twice"},
        {"{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"a\"}\n", "g.json:3: the case a is there twice"},
        {"{\"id\":\"a\"}\n{\"id\":1}\n", "g.json:2: [1].id must be text, not an integer"},
        {"[\n{\"id\":\"\"}]", "g.json:2: [0].id must not be empty"},
        {"{\"cases\":[{\"id\":\"a\",\n\"vars\":[]}]}", "g.json:2: cases[0].vars must be null or a map, not a list"},
        {"[{\"id\":\"a\",\"expected\":\"x\",\n\"ideal\":\"y\"}]", "g.json:2: case a has both expected and ideal"},
        {"[{\"id\":\"a\",\"expected\":[1]}]", "[0].expected[0] must be text"},
        {"{\"id\":\"a\"}\n{\"id\":\"b\"\n", "g.json:2: not JSON"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_failure(load(cases[i].text), error, ERROR_INPUT, cases[i].part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(three_shapes_are_one),
                                       cmocka_unit_test(refused_by_name_and_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
