#include "assay/model/reason.h"

static const struct {
    const char *name, *words;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {"good", "nothing is wrong"},
    [REASON_NO_POLICY] = {"no-policy", "the target has no policies/review.yaml"},
    [REASON_MERGE_CONFLICT] = {"merge-conflict", "the branch and the target changed the same file; update the branch"},
    [REASON_BAD_MANIFEST] = {"bad-manifest", "a manifest, or a file that it names, cannot be used"},
    [REASON_RECORDS_REMOVED] = {"records-removed", "the change edits or removes sealed records"},
    [REASON_LOG_REWOUND] = {"log-rewound", "the log no longer has a commit that a signer saw"},
    [REASON_TARGET_REPLACED] = {"target-replaced", "a merge put another history before the target's own"},
    [REASON_CHAIN_GAP] = {"chain-gap", "a record names an earlier one that cannot be found"},
    [REASON_UNKNOWN_SCHEMA] = {"unknown-schema", "a signed record was written by a newer version; update assay"},
    [REASON_UNKNOWN_AUTHOR] = {"unknown-author", "a commit author is in no person's emails"},
    [REASON_REQUEST_CHANGES] = {"request-changes", "a reviewer requests changes"},
    [REASON_MISSING_SIGN_OFF] = {"missing-sign-off", "a required sign-off is missing"},
    [REASON_STALE_OUTPUTS] = {"stale-outputs", "outputs were made with another template, model or input"},
    [REASON_MISSING_OUTPUTS] = {"missing-outputs", "cases have no output"},
    [REASON_MISSING_EVIDENCE] = {"missing-evidence", "a prompt has no outputs file"},
    [REASON_UNSCORED_CASES] = {"unscored-cases", "cases still need scores"},
    [REASON_BELOW_MINIMUM] = {"below-minimum", "a score is below the criterion's minimum"},
    [REASON_BELOW_MEAN] = {"below-mean", "the mean of the scores is below the rubric's"},
    [REASON_OPEN_FLAG] = {"open-flag", "a flag is not settled"},
    [REASON_STALE_MODULE] = {"stale-module", "the module changed after the sign-off"},
    [REASON_STALE_EVIDENCE] = {"stale-evidence", "the outputs changed after the sign-off"},
    [REASON_STALE_RUBRIC] = {"stale-rubric", "the rubric or the role's meaning changed after the sign-off"},
    [REASON_BAD_SIGNATURE] = {"bad-signature", "the signature is not of these bytes"},
    [REASON_NO_SIGNATURE] = {"no-signature", "there is no signature"},
    [REASON_UNKNOWN_SIGNER] = {"unknown-signer", "the key is not one of the signer's in allowed_signers"},
    [REASON_REVOKED_KEY] = {"revoked-key", "the key is revoked"},
    [REASON_EXPIRED_KEY] = {"expired-key", "the key is outside its time window"},
    [REASON_ROLE_NOT_HELD] = {"role-not-held", "the signer does not hold this role"},
    [REASON_SELF_APPROVAL] = {"self-approval", "the signer is an author of the change"},
    [REASON_OTHER_REPOSITORY] = {"other-repository", "it was signed for another repository"},
    [REASON_OTHER_TARGET] = {"other-target", "it was signed for another target"},
    [REASON_OTHER_CHANGE] = {"other-change", "it was signed for another change"},
    [REASON_SUPERSEDED] = {"superseded", "a newer or stricter record stands in its place"},
    [REASON_SPENT] = {"spent", "it is sealed on the target already and approves nothing new"},
    [REASON_NO_SEAT] = {"no-seat", "no seat is left for it: enough others signed, or the role is not required"},
    [REASON_MALFORMED] = {"malformed", "it is not a record"},
    [REASON_WRONG_NAMESPACE] = {"wrong-namespace", "the signature was made for another purpose"},
    [REASON_NOT_ALL_SEEN] = {"not-all-seen", "not every case was seen, or nothing was scored"},
};

const char *reason_name(enum reason reason)
{
    return reasons[reason].name;
}

const char *reason_words(enum reason reason)
{
    return reasons[reason].words;
}

bool reason_parse(struct slice name, enum reason *reason)
{
    for (int i = 0; i < REASON_COUNT; i++) {
        if (slice_is(name, reasons[i].name)) {
            *reason = (enum reason)i;
            return true;
        }
    }
    return false;
}
