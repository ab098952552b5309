package conformance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

func decodeJSON(data []byte) (any, error) {
	if len(data) == 0 {
		return nil, nil
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, fmt.Errorf("the body is not JSON: %w", err)
	}
	return value, nil
}

// checkBody validates a body against the schemas that its discriminators name.
// Okta describes an app by a base schema whose discriminator maps to the real
// ones; the validator follows a discriminator only within a oneOf.
func checkBody(doc *openapi3.T, schema *openapi3.SchemaRef, value any, option openapi3.SchemaValidationOption) []string {
	if schema == nil || schema.Value == nil {
		return nil
	}
	if list, ok := value.([]any); ok && schema.Value.Items != nil {
		var problems []string
		for _, element := range list {
			for _, problem := range checkBody(doc, schema.Value.Items, element, option) {
				problems = append(problems, "/[]"+problem)
			}
		}
		return problems
	}
	derived := mapped(doc, schema.Value, value)
	if derived == nil {
		return nil
	}
	return describe(derived.VisitJSON(value, openapi3.MultiErrors(), option))
}

// mapped returns the schema that the discriminator of schema names for value,
// or nil.
func mapped(doc *openapi3.T, schema *openapi3.Schema, value any) *openapi3.Schema {
	object, ok := value.(map[string]any)
	if !ok || schema.Discriminator == nil || len(schema.OneOf) > 0 {
		return nil
	}
	tag, _ := object[schema.Discriminator.PropertyName].(string)
	ref := schema.Discriminator.Mapping[tag].Ref
	found := doc.Components.Schemas[strings.TrimPrefix(ref, "#/components/schemas/")]
	if found == nil {
		return nil
	}
	return found.Value
}

// undeclared returns the properties of a body that no schema declares.
func undeclared(doc *openapi3.T, schema *openapi3.SchemaRef, value any) []string {
	if schema == nil || schema.Value == nil {
		return nil
	}
	var names []string
	walkUndeclared(doc, []*openapi3.Schema{schema.Value}, value, "", func(path string) {
		names = append(names, path+": not declared")
	})
	return names
}

// walkUndeclared visits value with all schemas that may describe it.
func walkUndeclared(doc *openapi3.T, schemas []*openapi3.Schema, value any, path string, report func(string)) {
	schemas = combine(doc, schemas, value)
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			walkUndeclared(doc, itemsOf(schemas), element, path+"/[]", report)
		}
	case map[string]any:
		for name, child := range value {
			described, open := propertiesOf(schemas, name)
			switch {
			case len(described) > 0:
				walkUndeclared(doc, described, child, path+"/"+name, report)
			case !open:
				report(path + "/" + name)
			}
		}
	}
}

// combine adds the parts of every schema: allOf, oneOf, anyOf and what a
// discriminator maps to.
func combine(doc *openapi3.T, schemas []*openapi3.Schema, value any) []*openapi3.Schema {
	seen := make(map[*openapi3.Schema]bool)
	var all []*openapi3.Schema
	var add func(*openapi3.Schema)
	add = func(s *openapi3.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		all = append(all, s)
		for _, part := range slices.Concat(s.AllOf, s.OneOf, s.AnyOf) {
			add(part.Value)
		}
		add(mapped(doc, s, value))
	}
	for _, s := range schemas {
		add(s)
	}
	return all
}

func itemsOf(schemas []*openapi3.Schema) []*openapi3.Schema {
	var items []*openapi3.Schema
	for _, s := range schemas {
		if s.Items != nil {
			items = append(items, s.Items.Value)
		}
	}
	return items
}

// propertiesOf returns what describes the property name; open tells that an
// object may have properties with names of its own.
func propertiesOf(schemas []*openapi3.Schema, name string) (described []*openapi3.Schema, open bool) {
	for _, s := range schemas {
		if p := s.Properties[name]; p != nil {
			described = append(described, p.Value)
			continue
		}
		if s.AdditionalProperties.Schema != nil {
			described = append(described, s.AdditionalProperties.Schema.Value)
		}
		if has := s.AdditionalProperties.Has; has != nil && *has {
			open = true
		}
	}
	return described, open
}
