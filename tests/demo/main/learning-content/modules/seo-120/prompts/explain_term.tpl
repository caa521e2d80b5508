{{> house_voice}}

Explain a term of search engine optimisation to {{audience}}: {{term}}
Write in {{language}}.

Start with a definition of one sentence. Then one comparison from everyday life, one example, and one common mistake.
Say clearly what search engines have confirmed and what is only believed.

{{> answer_format}}
