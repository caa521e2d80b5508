{{> house_voice}}

Write a model answer for a support course. {{customer}} writes about money.
Situation: {{situation}}
Our terms: {{terms}}
Channel: {{channel}}. Language: {{language}}.

Rules
1. Say in the first two sentences whether money is paid back, or what decides about it.
2. Make the customer feel safe: speak with certainty, and name a person to turn to where that helps.
3. Where the answer is no, give the reason before the alternatives.
4. Close with one line for the learner: why this answer works.

{{> answer_format}}
