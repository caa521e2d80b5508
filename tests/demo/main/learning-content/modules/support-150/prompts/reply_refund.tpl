{{> house_voice}}

Write a model answer for a support course. {{customer}} writes about money.
Situation: {{situation}}
Our terms: {{terms}}
Channel: {{channel}}. Language: {{language}}.

Rules
1. Say in the first two sentences whether money is paid back, or what decides about it.
2. Quote the term that applies; never go beyond it.
3. Where the answer is no, give the reason before the alternatives.
4. Close with one line for the learner: why this answer works.

{{> no_personal_data}}
{{> answer_format}}
