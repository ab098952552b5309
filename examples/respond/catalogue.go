package main

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A listedAction is what --list-actions tells of a kind.
type listedAction struct {
	Kind        remediation.Kind     `json:"kind"`
	Fields      []string             `json:"fields"`
	Scopes      []scopes.Scope       `json:"scopes"`
	Permissions []string             `json:"permissions"`
	From        []remediation.Status `json:"from"` // empty: any status
	To          remediation.Status   `json:"to,omitempty"`
	Undo        []remediation.Kind   `json:"undo"`
	Lost        string               `json:"lost,omitempty"`
	Destructive bool                 `json:"destructive"`
}

// listActions writes all kinds of actions with what each needs.
func listActions(p *cli.Program) error {
	all := []listedAction{}
	for _, kind := range remediation.Kinds() {
		all = append(all, describe(kind))
	}
	if p.JSON {
		return p.PrintJSON(all)
	}
	for _, a := range all {
		if err := p.PrintText(a.table().Text(p.TableWidth()) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

func describe(kind remediation.Kind) listedAction {
	action := remediation.Sample(kind)
	f := action.Facts()
	a := listedAction{
		Kind: kind, Fields: []string{}, Scopes: remediation.Scopes(action).Slice(), Permissions: remediation.Permissions(action),
		From: append([]remediation.Status{}, f.From...), To: f.To, Undo: append([]remediation.Kind{}, f.Undo...), Lost: f.Lost, Destructive: f.Destructive,
	}
	for _, field := range fieldsOf(kind) {
		name := field.name
		if field.kind == reflect.Bool {
			name += " (true or false)"
		}
		a.Fields = append(a.Fields, name)
	}
	return a
}

// table is a block for each kind: as one line it would be wider than any terminal.
func (a listedAction) table() *cli.Table {
	t := cli.NewTable()
	t.Row(string(a.Kind))
	row := func(name, value string) {
		if value != "" {
			t.Row("  "+name, value)
		}
	}
	row("fields", cli.Join(a.Fields))
	row("scopes", cli.Join(a.Scopes))
	row("permissions", cli.Join(a.Permissions))
	from := cmp.Or(cli.Join(a.From), "any status")
	if a.To != "" {
		from += "; leaves " + string(a.To)
	}
	row("from", from)
	row("undone by", strings.ReplaceAll(cli.Join(a.Undo), ", ", " or "))
	row("lost", a.Lost)
	if a.Destructive {
		row("guarded", fmt.Sprintf("it needs --destructive %s", a.Kind))
	}
	return t
}
