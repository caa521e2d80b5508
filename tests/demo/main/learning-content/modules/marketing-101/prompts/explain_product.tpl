{{> house_voice}}

Write the introduction of a lesson about this subject: {{product}}
The learners are {{audience}}. Write in {{language}}.

Cover these points, in this order:
{{#points}}
- {{.}}
{{/points}}

Give one example with a number or a name in it. Where the subject uses personal data of customers, say what consent it needs.
End with one small exercise or one sentence worth remembering.

{{> answer_format}}
