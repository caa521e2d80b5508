{{> house_voice}}

Show a learner how to describe a page to search engines.
Page: {{page}}
What visitors search for: {{query}}
Facts that may be used: {{facts}}
Language of the page: {{language}}

Begin with a table of three columns, Field, Text and Characters, for the title (at most 60) and the description (at most 155).
Then the structured data as JSON-LD where a type of schema.org fits.
Use only the facts above; leave a property out where the fact is missing. Say in one or two sentences why.

{{> answer_format}}
