{{> house_voice}}

Suggest subject lines for an email about: {{topic}}
It goes to {{audience}}. Write in {{language}}.

Three to five subjects, the best one in bold, none above 60 characters. Then say which two you would test against each other and why,
or why no test is needed. Add one practical rule for the email itself. No false urgency.

{{> answer_format}}
