{{> house_voice}}

Write the introduction of a lesson about this subject: {{product}}
The learners are {{audience}}. Many of them read {{language}} as a second language. Write in {{language}}.

Plain language:
- one idea in each sentence, at most 15 words
- the everyday word instead of the technical one; where a technical word is needed, explain it at once
- say what the reader does, not what "is done"

Cover these points, in this order:
{{#points}}
- {{.}}
{{/points}}

Give one example with a number or a name in it.
End with one small exercise or one sentence worth remembering.

{{> answer_format}}
