#include "assay/model/reason.h"

static const struct {
    const char *name, *words, *advice;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {"good", "nothing is wrong"},
    [REASON_NO_POLICY] = {"no-policy", "the target has no policies/review.yaml",
                          "“assay init” writes one; an administrator puts it on the target."},
    [REASON_MERGE_CONFLICT] = {"merge-conflict", "the branch and the target changed the same file",
                               "The author brings the branch up to date with the target and pushes it."},
    [REASON_BAD_MANIFEST] = {"bad-manifest", "a manifest, or a file that it names, cannot be used",
                             "The author corrects the file and pushes the branch again."},
    [REASON_BAD_POLICY] = {"bad-policy", "the change brings a policy or a signers file that cannot be used",
                           "The author corrects the file; after the merge nothing could be judged, the repair too."},
    [REASON_RECORDS_REMOVED] = {"records-removed", "the change edits or removes sealed records",
                                "The author puts reviews/ back as the target has it."},
    [REASON_LOG_REWOUND] =
        {"log-rewound", "the log no longer has a commit that a signer saw",
         "Push the log again from a clone that has the missing commits; where nobody has them, name the record under "
         "`accepted` in the policy, by a merge that the administrator answers for."},
    [REASON_TARGET_REPLACED] = {"target-replaced", "a merge put another history before the target's own",
                                "An administrator finds out who pushed it; once it is explained, name the merge under "
                                "`accepted` in the policy."},
    [REASON_CHAIN_GAP] =
        {"chain-gap", "an earlier record of the same signer is missing, or the numbers do not follow",
         "Bring the missing record back: run “assay sync” where it was signed; where it is lost, name the "
         "record under `accepted` in the policy."},
    [REASON_UNKNOWN_SCHEMA] = {"unknown-schema", "a signed record was written by a newer version of assay",
                               "Update assay and ask again."},
    [REASON_UNKNOWN_AUTHOR] = {"unknown-author", "a commit author is in no person's emails",
                               "The policy gets the address under the person's `emails`, by a change of its own."},
    [REASON_REQUEST_CHANGES] =
        {"request-changes", "a reviewer requests changes",
         "Its signer withdraws it or signs anew, or a person listed under `override` who holds its role overrules it."},
    [REASON_MISSING_SIGN_OFF] = {"missing-sign-off", "a required sign-off is missing",
                                 "Somebody who holds the role and wrote nothing of the change reviews and signs it."},
    [REASON_STALE_OUTPUTS] =
        {"stale-outputs", "outputs were made with another template, model or input",
         "The author makes these outputs again and commits them; “assay run”, which would do it, is not built yet."},
    [REASON_MISSING_OUTPUTS] =
        {"missing-outputs", "cases have no output",
         "The author adds the outputs to the outputs file; “assay run”, which would do it, is not built yet."},
    [REASON_MISSING_EVIDENCE] =
        {"missing-evidence", "a prompt has no outputs file",
         "The author commits tests/outputs/PROMPT.json; “assay run”, which would make it, is not built yet."},
    [REASON_UNSCORED_CASES] = {"unscored-cases", "cases still need scores",
                               "A person whose role has the duty `score`, and no author, scores them and signs."},
    [REASON_BELOW_MINIMUM] =
        {"below-minimum", "a score is below the criterion's minimum",
         "The author improves the output, or a triager settles it: accepts or dismisses a flag that somebody raised on "
         "the case, or signs with an entry in --triage whose `flag` is the criterion's id."},
    [REASON_BELOW_MEAN] = {"below-mean", "the mean of the scores is below the rubric's",
                           "The author improves the outputs, and they are scored again."},
    [REASON_OPEN_FLAG] =
        {"open-flag", "a flag is not settled",
         "A person whose role has the duty `triage`, and no author, accepts or dismisses it with a reason and signs."},
    [REASON_STALE_MODULE] = {"stale-module", "the module changed after the sign-off",
                             "The person reviews the module as it is now and signs again."},
    [REASON_STALE_EVIDENCE] = {"stale-evidence", "the outputs changed after the sign-off",
                               "The person reviews the outputs of today and signs again."},
    [REASON_STALE_RUBRIC] = {"stale-rubric", "the rubric or the role's meaning changed after the sign-off",
                             "The person signs again, under the rubric and the meaning of today."},
    [REASON_BAD_SIGNATURE] = {"bad-signature", "the signature is not of these bytes",
                              "Its signer signs again; bytes that were changed after signing never count."},
    [REASON_NO_SIGNATURE] = {"no-signature", "there is no signature",
                             "Its signer adds the .sig file that belongs to it, or signs again."},
    [REASON_UNKNOWN_SIGNER] =
        {"unknown-signer", "the key is not one of the signer's in allowed_signers",
         "The person whom it names signs with a key that policies/allowed_signers lists for them."},
    [REASON_REVOKED_KEY] = {"revoked-key", "the key is revoked",
                            "The person signs again with a key that is not revoked."},
    [REASON_EXPIRED_KEY] = {"expired-key", "the key is outside its time window",
                            "The person signs again with a key that is valid today."},
    [REASON_ROLE_NOT_HELD] = {"role-not-held", "the signer does not hold this role",
                              "Somebody who holds the role signs, or policies/review.yaml gives it to this person."},
    [REASON_SELF_APPROVAL] = {"self-approval", "the signer is an author of the change",
                              "Somebody signs who holds the role and wrote nothing of the change."},
    [REASON_OTHER_REPOSITORY] = {"other-repository", "it was signed for another repository",
                                 "The person reviews and signs in this repository."},
    [REASON_OTHER_TARGET] = {"other-target", "it was signed for another target",
                             "The person reviews and signs for this target."},
    [REASON_OTHER_CHANGE] = {"other-change", "it was signed for another change",
                             "The person reviews and signs this change."},
    [REASON_SUPERSEDED] = {"superseded", "another record ended it or stands in its place",
                           "Nothing is to be done about it; where a sign-off is missing, the person signs again."},
    [REASON_SPENT] = {"spent", "it was for a merge that is done, and approves nothing new",
                      "To merge the content once more, bring the branch up to date with the target and sign again."},
    [REASON_NO_SEAT] = {"no-seat", "no seat is left for it: enough others signed, or the role is not required",
                        "Nothing is to be done: no sign-off of this role is missing."},
    [REASON_MALFORMED] = {"malformed", "it is not a record",
                          "Its signer signs again with assay; a file that is no record never counts."},
    [REASON_WRONG_NAMESPACE] = {"wrong-namespace", "the signature was made for another purpose",
                                "Its signer signs it as a review, with “assay sign”."},
    [REASON_NOT_ALL_SEEN] = {"not-all-seen", "not every case was seen, or nothing was scored",
                             "The person looks at every case, scores where the role scores, and signs again."},
};

const char *reason_name(enum reason reason)
{
    return reasons[reason].name;
}

const char *reason_words(enum reason reason)
{
    return reasons[reason].words;
}

const char *reason_advice(enum reason reason)
{
    return reasons[reason].advice ? reasons[reason].advice : "";
}

bool reason_is_harmless(enum reason reason)
{
    return reason == REASON_NONE || reason == REASON_SUPERSEDED || reason == REASON_SPENT || reason == REASON_NO_SEAT;
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
