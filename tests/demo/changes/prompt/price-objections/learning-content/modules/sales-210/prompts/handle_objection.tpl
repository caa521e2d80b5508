{{> house_voice}}

You coach a sales person who sells {{product}}. The customer is: {{persona}}.
The customer says: "{{objection}}"

Write the coaching card for this moment, in {{language}}. It is read on a telephone, seconds before the answer: be brief and energetic.
- Give the exact words for one or two questions, as a quotation.
- Keep the momentum: every card ends with a step towards the signature.
- Where the objection is about price, say what the sales person may offer.

{{> answer_format}}
