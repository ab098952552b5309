package systemlog

import "strings"

// A Filter says which events come, in the language that the org's System Log takes. It is
// made by the functions of this package, which quote what is put into it, or written by
// hand. The empty Filter takes all events.
//
// Source: the parameter filter of the operation listLogEvents. Brackets are not in its
// language.
type Filter string

// Type takes events of these types, such as user.session.start.
func Type(types ...string) Filter {
	return each(types, func(t string) Filter { return Eq("eventType", t) })
}

// TypePrefix takes events whose type begins with one of these, such as user.lifecycle.
func TypePrefix(prefixes ...string) Filter {
	return each(prefixes, func(p string) Filter { return compare("eventType", "sw", p) })
}

// Actor takes what these users or apps did, by their ids.
func Actor(ids ...string) Filter {
	return each(ids, func(id string) Filter { return Eq("actor.id", id) })
}

// Target takes what was done to these, by their ids.
func Target(ids ...string) Filter {
	return each(ids, func(id string) Filter { return Eq("target.id", id) })
}

// Transaction takes all that one request has caused.
func Transaction(id string) Filter { return Eq("transaction.id", id) }

// Eq takes events whose attribute, such as outcome.result, is value.
func Eq(attribute, value string) Filter { return compare(attribute, "eq", value) }

// Contains takes events whose attribute contains value.
func Contains(attribute, value string) Filter { return compare(attribute, "co", value) }

// And takes what all of the filters take. Empty ones are left out.
func And(filters ...Filter) Filter { return join(" and ", filters) }

// Or takes what any of the filters takes. Empty ones are left out.
func Or(filters ...Filter) Filter { return join(" or ", filters) }

func compare(attribute, operator, value string) Filter {
	return Filter(attribute + " " + operator + " " + quote(value))
}

// quote puts a value between quotes, in which a quote and a backslash are escaped.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

func each(values []string, filter func(string) Filter) Filter {
	var list []Filter
	for _, v := range values {
		list = append(list, filter(v))
	}
	return Or(list...)
}

// join joins filters. More than one is put into parentheses, so that it can stand in
// another.
func join(operator string, filters []Filter) Filter {
	var list []string
	for _, f := range filters {
		if f != "" {
			list = append(list, string(f))
		}
	}
	if len(list) < 2 {
		return Filter(strings.Join(list, ""))
	}
	return Filter("(" + strings.Join(list, operator) + ")")
}
