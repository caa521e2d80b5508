{{> house_voice}}

A customer is upset. Show a learner how to answer, in {{language}}.
Message: {{message}}
Channel: {{channel}}
What we know: {{known}}

First the answer itself, as a quotation, ready to send. Then two or three remarks for the learner: what the answer does, what it leaves out,
and what comes next. No empty apologies. An agent may always end abuse.

{{> no_personal_data}}
{{> answer_format}}
