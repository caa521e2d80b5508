{{> house_voice}}

Write one email of a welcome series, as a model for learners.
Sender: {{brand}}
Email number {{step}} of the series, sent {{when}}.
Its only aim: {{aim}}.
Language: {{language}}

Give subject and preview text, then the email. One aim, one link, no pressure. Promise only what the sender can keep.

{{> no_personal_data}}
{{> answer_format}}
