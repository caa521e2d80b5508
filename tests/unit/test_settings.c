#include "harness/test.h"

#include <stdlib.h>

#include "assay/git/repo.h"
#include "harness/fixture.h"

static void assert_setting(const struct settings *settings, const char *key, const char *expected)
{
    struct str value = STR_INIT;
    assert_int_equal(settings_text(settings, key, &value), expected != NULL);
    assert_slice(str_slice(&value), expected ? expected : "");
    str_clear(&value);
}

static void reads_levels_and_environment(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct settings *settings = NULL;
    struct error error = ERROR_INIT;
    fixture_git(f, NULL, "init", "-q", "work", NULL);
    fixture_git(f, NULL, "config", "--global", "assay.endpoint.Staging.url", "http://person", NULL);
    fixture_git(f, NULL, "config", "--global", "assay.theme", "dark", NULL);
    fixture_git(f, "work", "config", "assay.endpoint.Staging.url", "http://repository", NULL);
    fixture_git(f, "work", "config", "assay.mouse", "off", NULL);
    assert_success(repo_open(fixture_path(f, "work"), &repo, &error), error);
    assert_success(repo_open_settings(repo, SETTINGS_ALL, &settings, &error), error);
    assert_setting(settings, "assay.endpoint.Staging.url", "http://repository");
    assert_setting(settings, "assay.theme", "dark");
    assert_setting(settings, "ASSAY.Theme", "dark");
    assert_setting(settings, "assay.endpoint.staging.url", NULL);
    assert_false(settings_flag(settings, "assay.mouse", true));
    assert_true(settings_flag(settings, "assay.ascii", true));
    settings_close(settings);
    assert_success(repo_open_settings(repo, SETTINGS_PERSONAL, &settings, &error), error);
    assert_setting(settings, "assay.endpoint.Staging.url", "http://person");
    assert_setting(settings, "assay.mouse", NULL);
    settings_close(settings);

    setenv("GIT_CONFIG_COUNT", "1", 1);
    setenv("GIT_CONFIG_KEY_0", "assay.THEME", 1);
    setenv("GIT_CONFIG_VALUE_0", "light", 1);
    assert_success(settings_open(NULL, SETTINGS_ALL, &settings, &error), error);
    assert_setting(settings, "assay.theme", "light");
    settings_close(settings);
    unsetenv("GIT_CONFIG_COUNT");
    repo_close(repo);
}

static void append_pair(void *context, const char *key, const char *value)
{
    str_appendf(context, "%s=%s;", key, value);
}

static void visits_lowest_first(void **state)
{
    struct fixture *f = *state;
    struct repo *repo = NULL;
    struct settings *settings = NULL;
    struct error error = ERROR_INIT;
    struct str seen = STR_INIT;
    fixture_git(f, NULL, "init", "-q", "work", NULL);
    fixture_git(f, "work", "config", "assay.key.open", "o", NULL);
    fixture_git(f, NULL, "config", "--global", "assay.key.open", "Enter", NULL);
    fixture_git(f, NULL, "config", "--global", "assay.keyless", "no", NULL);
    assert_success(repo_open(fixture_path(f, "work"), &repo, &error), error);
    assert_success(repo_open_settings(repo, SETTINGS_ALL, &settings, &error), error);
    settings_each(settings, "assay.key.", append_pair, &seen);
    assert_slice(str_slice(&seen), "assay.key.open=Enter;assay.key.open=o;");
    str_clear(&seen);
    settings_close(settings);
    repo_close(repo);
}

static void names_a_broken_file(void **state)
{
    struct fixture *f = *state;
    struct settings *settings = NULL;
    struct error error = ERROR_INIT;
    fixture_write_text(f, "broken", "[assay\n");
    setenv("GIT_CONFIG_GLOBAL", fixture_path(f, "broken"), 1);
    assert_failure(settings_open(NULL, SETTINGS_PERSONAL, &settings, &error), error, ERROR_INPUT, "broken");
    assert_null(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_levels_and_environment, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(visits_lowest_first, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(names_a_broken_file, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
