{{> house_voice}}

Prepare a sales person for a first conversation.
Industry: {{industry}}
The other person: {{role}}
Aim: {{goal}}

Write at most five questions in the order in which to ask them, in {{language}}, each in the words that one would really say.
Add what to listen for, and one thing that must not be asked.

{{> answer_format}}
