package oktatest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unheard is an expression that cannot be evaluated.
func unheard(object) (any, error) { return nil, errUnheard }

// constant is an expression of one value.
func constant(value any) expression { return func(object) (any, error) { return value, nil } }

// operand reads an expression in parentheses, a text, a number, an attribute
// or the call of a function.
func (p *ruleParser) operand() (expression, error) {
	if p.accept("(") != "" {
		e, err := p.choice()
		if err != nil || p.accept(")") == "" {
			return nil, errSyntax
		}
		return e, nil
	}
	if p.accept("{") != "" {
		return unheard, p.skipList("}")
	}
	if len(p.words) == 0 {
		return nil, errSyntax
	}
	word := p.words[0]
	p.words = p.words[1:]
	return p.term(word)
}

// term reads what a word begins.
func (p *ruleParser) term(word string) (expression, error) {
	first := word[0]
	switch {
	case first == '"' || first == '\'':
		return constant(word[1 : len(word)-1]), nil
	case first >= '0' && first <= '9':
		return constant(word), nil
	case !isName(word):
		return nil, errSyntax
	case p.accept("(") != "":
		return p.function(word)
	case p.accept("[") != "":
		return unheard, p.skipList("]")
	}
	switch strings.ToLower(word) {
	case "true":
		return constant(true), nil
	case "false":
		return constant(false), nil
	case "null":
		return constant(nil), nil
	}
	if name, ok := strings.CutPrefix(word, "user."); ok && name != "" {
		return func(profile object) (any, error) { return attributeOf(profile, name), nil }, nil
	}
	return unheard, nil
}

// keywords are the words that join others and stand for nothing.
var keywords = []string{"and", "or", "not", "eq", "ne", "lt", "gt", "le", "ge", "matches"}

// isName reports whether a word begins as a name does and is not a keyword.
func isName(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return (unicode.IsLetter(first) || first == '_') && !slices.Contains(keywords, strings.ToLower(word))
}

// attributeOf is an attribute as conditions compare it: text, a truth value
// or nil.
func attributeOf(profile object, name string) any {
	switch value := profile[name].(type) {
	case nil, bool, string:
		return value
	default:
		return fmt.Sprint(value)
	}
}

// ruleFunctions are those that can be evaluated. They take and return text.
var ruleFunctions = map[string]func(args []string) any{
	"String.startsWith":     func(args []string) any { return strings.HasPrefix(args[0], args[1]) },
	"String.stringContains": func(args []string) any { return strings.Contains(args[0], args[1]) },
	"String.toLowerCase":    func(args []string) any { return strings.ToLower(args[0]) },
	"String.toUpperCase":    func(args []string) any { return strings.ToUpper(args[0]) },
}

// function reads the arguments of a function up to the parenthesis.
func (p *ruleParser) function(name string) (expression, error) {
	var args []expression
	for p.accept(")") == "" {
		if len(args) > 0 && p.accept(",") == "" {
			return nil, errSyntax
		}
		arg, err := p.choice()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	do, want := ruleFunctions[name], 2
	if strings.HasSuffix(name, "Case") {
		want = 1
	}
	if do == nil || len(args) != want {
		return unheard, nil
	}
	return func(profile object) (any, error) {
		texts := make([]string, len(args))
		for i, arg := range args {
			value, err := arg(profile)
			text, ok := value.(string)
			if err != nil || !ok && value != nil {
				return nil, errUnheard
			}
			texts[i] = text
		}
		return do(texts), nil
	}, nil
}

// skipList reads a list up to its end.
func (p *ruleParser) skipList(end string) error {
	for n := 0; p.accept(end) == ""; n++ {
		if n > 0 && p.accept(",") == "" {
			return errSyntax
		}
		if _, err := p.choice(); err != nil {
			return err
		}
	}
	return nil
}
