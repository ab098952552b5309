package conformance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// documents are Okta's OpenAPI documents.
type documents struct {
	specs   []*openapi3.T
	routers []routers.Router
}

// loadDocuments reads the documents in a folder. The documents as a whole are
// not valid (some of their examples are malformed), so each operation is held
// against its own part only.
func loadDocuments(folder, origin string) (*documents, error) {
	d := new(documents)
	for _, name := range []string{"management.yaml", "oauth.yaml"} {
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, name))
		if err != nil {
			return nil, fmt.Errorf("conformance: %s: %w", name, err)
		}
		doc.Servers = openapi3.Servers{{URL: origin}}
		router, err := gorillamux.NewRouter(doc)
		if err != nil {
			return nil, fmt.Errorf("conformance: %s: %w", name, err)
		}
		d.specs = append(d.specs, doc)
		d.routers = append(d.routers, router)
	}
	return d, nil
}

// errNoOperation says that no document has the operation of a request.
var errNoOperation = errors.New("conformance: not in the documents")

// operation is the documented operation that a request is for.
type operation struct {
	input *openapi3filter.RequestValidationInput
}

// String is the method and the path template, as in the documents.
func (o operation) String() string {
	return o.input.Route.Method + " " + o.input.Route.Path
}

// find returns the operation of req. Its error is errNoOperation or nil.
func (d *documents) find(req *http.Request) (operation, error) {
	for _, router := range d.routers {
		route, params, err := router.FindRoute(req)
		if err != nil {
			continue
		}
		return operation{&openapi3filter.RequestValidationInput{
			Request: req, Route: route, PathParams: params,
			Options: &openapi3filter.Options{
				MultiError:                        true,
				IncludeResponseStatus:             true,
				RejectWhenRequestBodyNotSpecified: true,
				SkipSettingDefaults:               true,
				AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
			},
		}}, nil
	}
	return operation{}, errNoOperation
}

// checkRequest returns what is wrong with the request. Beyond the schemas,
// every query parameter and every property must be one that the operation
// declares: a misspelt one would be ignored, by the validator and by Okta.
func (o operation) checkRequest(ctx context.Context) []string {
	problems := describe(openapi3filter.ValidateRequest(ctx, o.input))
	for name := range o.input.Request.URL.Query() {
		if !o.declaresQuery(name) {
			problems = append(problems, "query "+name+": not declared")
		}
	}
	if body := o.input.Route.Operation.RequestBody; body != nil && body.Value != nil {
		value, schema, err := decodeBody(o.input.Request, body.Value.Content)
		if err != nil {
			return append(problems, err.Error())
		}
		problems = append(problems, checkBody(o.input.Route.Spec, schema, value, openapi3.VisitAsRequest())...)
		problems = append(problems, undeclared(o.input.Route.Spec, schema, value)...)
	}
	return tidy(problems)
}

// scopes returns the OAuth scopes of the operation, sorted.
func (o operation) scopes() []string {
	var all []string
	if o.input.Route.Operation.Security != nil {
		for _, way := range *o.input.Route.Operation.Security {
			all = append(all, way["oauth2"]...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (o operation) declaresQuery(name string) bool {
	for _, list := range []openapi3.Parameters{o.input.Route.PathItem.Parameters, o.input.Route.Operation.Parameters} {
		if list.GetByInAndName("query", name) != nil {
			return true
		}
	}
	return false
}

// checkResponse returns what is wrong with an answer.
func (o operation) checkResponse(ctx context.Context, status int, header http.Header, body []byte) []string {
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: o.input, Status: status, Header: header, Options: o.input.Options,
	}
	input.SetBodyBytes(body)
	err := openapi3filter.ValidateResponse(ctx, input)
	if failure, ok := errors.AsType[*openapi3filter.ResponseError](err); ok && failure.Reason == "status is not supported" {
		return []string{"status " + strconv.Itoa(status) + ": not declared"}
	}
	problems := describe(err)
	response := o.input.Route.Operation.Responses.Status(status)
	if response == nil || response.Value == nil || response.Value.Content.Get("application/json") == nil {
		return tidy(problems)
	}
	value, err := decodeJSON(body)
	if err != nil {
		return append(problems, err.Error())
	}
	schema := response.Value.Content.Get("application/json").Schema
	return tidy(append(problems, checkBody(o.input.Route.Spec, schema, value, openapi3.VisitAsResponse())...))
}

// describe turns the validator's errors into one line each, without values:
// where, then why.
func describe(err error) []string {
	switch err := err.(type) {
	case nil:
		return nil
	case openapi3.MultiError:
		var all []string
		for _, e := range err {
			all = append(all, describe(e)...)
		}
		return all
	case *openapi3filter.RequestError:
		if err.Err == nil {
			return []string{err.Error()}
		}
		problems := describe(err.Err)
		if p := err.Parameter; p != nil {
			for i := range problems {
				problems[i] = p.In + " " + p.Name + ": " + problems[i]
			}
		}
		return problems
	case *openapi3filter.ResponseError:
		if err.Err == nil {
			return []string{err.Error()}
		}
		return describe(err.Err)
	case *openapi3.SchemaError:
		return describeSchema(err)
	}
	return []string{err.Error()}
}

// describeSchema goes on to the parts of an allOf, and of a oneOf of which the
// discriminator left one: the error itself only says that a part failed.
func describeSchema(err *openapi3.SchemaError) []string {
	if err.Origin != nil && (err.SchemaField == "allOf" || err.SchemaField == "oneOf") {
		parts, ok := errors.AsType[openapi3.MultiError](err.Origin)
		if ok && (len(parts) == 1 || err.SchemaField == "allOf") {
			return describe(parts)
		}
	}
	pointer := err.JSONPointer()
	for i, element := range pointer {
		if _, err := strconv.Atoi(element); err == nil {
			pointer[i] = "[]"
		}
	}
	return []string{"/" + strings.Join(pointer, "/") + ": " + strings.TrimSpace(err.Reason)}
}

func tidy(problems []string) []string {
	slices.Sort(problems)
	return slices.Compact(problems)
}

// decodeBody reads a JSON body and leaves it to be read again. Bodies of
// another kind, and none, are a nil value.
func decodeBody(req *http.Request, content openapi3.Content) (any, *openapi3.SchemaRef, error) {
	media := content.Get("application/json")
	if media == nil || req.GetBody == nil || !strings.HasPrefix(req.Header.Get("Content-Type"), "application/json") {
		return nil, nil, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, nil, err
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, nil, err
	}
	value, err := decodeJSON(data)
	return value, media.Schema, err
}
