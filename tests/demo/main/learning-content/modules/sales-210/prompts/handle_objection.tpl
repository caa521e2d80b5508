{{> house_voice}}

You coach a sales person who sells {{product}}. The customer is: {{persona}}.
The customer says: "{{objection}}"

Write the coaching card for this moment, in {{language}}.
- Say first what the objection usually means.
- Give the exact words for one or two questions, as a quotation.
- Say what not to do, and why.
- No pressure: no invented deadline, no discount above 10 % without the team lead, no claim about a competitor.

{{> answer_format}}
