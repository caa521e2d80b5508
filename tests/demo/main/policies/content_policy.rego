# What no output may say, whatever the prompt was. Evaluated once for each output:
#   input.module  {name, risk, sensitivity}      input.prompt  the prompt's id
#   input.case    {id, vars}                     input.output  {text, finish_reason}
# `deny` is the set of findings; an output passes when it is empty.
package content

import rego.v1

default allow := false

allow if count(deny) == 0

text := lower(input.output.text)

# Promises that only the terms of sale may make.
promises := {
	"guaranteed refund",
	"guaranteed results",
	"risk-free",
	"no questions asked",
	"we will never raise",
	"legally binding",
}

deny contains sprintf("promise: the output says %q", [phrase]) if {
	some phrase in promises
	contains(text, phrase)
}

# Personal data has no place in teaching material. Addresses at example domains count too: learners copy what they see.
deny contains "personal data: an e-mail address" if {
	regex.match(`[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}`, text)
}

deny contains "personal data: a telephone number" if {
	regex.match(`(\+|\b)[0-9]{1,3}[ .-]?\(?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b`, text)
}

# Advice that belongs to a professional, said without pointing to one.
deny contains "advice: legal or tax advice without a pointer to a professional" if {
	some phrase in {"you are legally entitled", "you can deduct", "sue them"}
	contains(text, phrase)
	not contains(text, "legal colleague")
	not contains(text, "tax adviser")
}

# Words of our house style, for modules that a customer could read as ours.
deny contains sprintf("style: %q is not our voice", [word]) if {
	input.module.risk in {"medium", "high"}
	some word in {"dirt cheap", "insane deal", "crush it", "dummies"}
	contains(text, word)
}

# A text that stops in the middle is worse than none.
deny contains "incomplete: the output was cut off" if input.output.finish_reason == "length"
