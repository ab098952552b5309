package oktatest

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// expression is a condition of a group rule. It is a small part of Okta's
// expression language:
//
//	user.department == "Sales" AND (user.title != 'Boss' OR NOT user.remote)
//	String.startsWith(user.firstName, String.toLowerCase("Bob"))
//	String.stringContains(user.email, "@example.com")
//
// What is written well and cannot be evaluated, a function that is not known
// say, makes the whole expression match nobody.
type expression func(profile object) (value any, err error)

var (
	errSyntax  = errors.New("no expression")
	errUnheard = errors.New("an expression that cannot be evaluated")

	ruleOperators = []string{"==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "+", "-", "?", ":", "(", ")", ",", "[", "]", "{", "}"}
)

// matches reports whether the expression is true of a profile.
func (e expression) matches(profile object) bool {
	value, err := e(profile)
	return err == nil && value == true
}

// maxExpression is how long an expression may be, so that none is nested too
// deep to be read.
const maxExpression = 10000

// parseExpression reads an expression as a whole.
func parseExpression(text string) (expression, error) {
	if len(text) > maxExpression {
		return nil, errSyntax
	}
	words, err := ruleWords(text)
	if err != nil {
		return nil, err
	}
	p := &ruleParser{words: words}
	e, err := p.choice()
	if err != nil || len(p.words) > 0 {
		return nil, errSyntax
	}
	return e, nil
}

// ruleWords cuts an expression into operators, quoted texts, and names and
// numbers.
func ruleWords(text string) ([]string, error) {
	var words []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := ruleWord(text)
		if n == 0 {
			return nil, errSyntax
		}
		words, text = append(words, text[:n]), text[n:]
	}
	return words, nil
}

// ruleWord returns the length of the first word, 0 if there is none.
func ruleWord(text string) int {
	for _, op := range ruleOperators {
		if strings.HasPrefix(text, op) {
			return len(op)
		}
	}
	if text[0] == '"' || text[0] == '\'' {
		end := strings.IndexByte(text[1:], text[0])
		if end < 0 {
			return 0
		}
		return end + 2
	}
	end := strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '_'
	})
	if end < 0 {
		return len(text)
	}
	return end
}

// ruleParser reads words by descent; each level binds tighter than the one
// before.
type ruleParser struct {
	words []string
}

// accept skips the next word if it is one of these, in any case.
func (p *ruleParser) accept(any ...string) string {
	if len(p.words) == 0 {
		return ""
	}
	word := p.words[0]
	if !slices.ContainsFunc(any, func(s string) bool { return strings.EqualFold(s, word) }) {
		return ""
	}
	p.words = p.words[1:]
	return strings.ToUpper(word)
}

// choice reads a ? b : c, which is written well and never evaluated.
func (p *ruleParser) choice() (expression, error) {
	e, err := p.either()
	if err != nil || p.accept("?") == "" {
		return e, err
	}
	if _, err := p.choice(); err != nil || p.accept(":") == "" {
		return nil, errSyntax
	}
	_, err = p.choice()
	return unheard, err
}

func (p *ruleParser) either() (expression, error) {
	return p.chain((*ruleParser).both, []string{"or", "||"}, func(_ string, a, b any) any { return a == true || b == true })
}

func (p *ruleParser) both() (expression, error) {
	return p.chain((*ruleParser).comparison, []string{"and", "&&"}, func(_ string, a, b any) any { return a == true && b == true })
}

func (p *ruleParser) comparison() (expression, error) {
	return p.chain((*ruleParser).sum, []string{"==", "!=", "eq", "ne"}, func(op string, a, b any) any {
		return (a == b) == (op == "==" || op == "EQ")
	}, "<", ">", "<=", ">=", "lt", "gt", "le", "ge", "matches")
}

func (p *ruleParser) sum() (expression, error) {
	return p.chain((*ruleParser).not, nil, nil, "+", "-")
}

// chain reads operands joined by operators. Those of strange are read and
// never evaluated.
func (p *ruleParser) chain(operand func(*ruleParser) (expression, error), operators []string, do func(op string, a, b any) any, strange ...string) (expression, error) {
	left, err := operand(p)
	for err == nil {
		op := p.accept(operators...)
		if op == "" {
			if p.accept(strange...) == "" {
				return left, nil
			}
			_, err = operand(p)
			left = unheard
			continue
		}
		a := left
		var b expression
		b, err = operand(p)
		left = func(profile object) (any, error) {
			x, errX := a(profile)
			y, errY := b(profile)
			if errX != nil || errY != nil {
				return nil, errUnheard
			}
			return do(op, x, y), nil
		}
	}
	return left, err
}

func (p *ruleParser) not() (expression, error) {
	if p.accept("not", "!") == "" {
		return p.operand()
	}
	e, err := p.not()
	return func(profile object) (any, error) {
		value, err := e(profile)
		return value != true, err
	}, err
}
