{{> house_voice}}

A learner answered a quiz question. Write the feedback that appears under the answer, in {{language}}.

Question: {{question}}
The learner's answer: {{answer}}
Our judgement: {{verdict}} (right, partly, wrong)

{{! The first sentence decides whether the learner reads on: it must be kind and clear at once. }}
Start with one bold sentence that says how good the answer is. Then say why, and show the calculation, the code or the example where
there is one. Never make fun of the answer. End with something to remember or to try.

{{> answer_format}}
