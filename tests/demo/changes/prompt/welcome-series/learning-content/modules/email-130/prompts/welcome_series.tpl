{{> house_voice}}

Write one email of a welcome series, as a model for learners.
Sender: {{brand}}
Email number {{step}} of the series, sent {{when}}.
Its only aim: {{aim}}.
Language: {{language}}

Give subject and preview text, then the email. One aim, one link, no pressure. Promise only what the sender can keep.
Every email, not only the first, says in its last lines how to leave the list.

{{> no_personal_data}}
{{> answer_format}}
