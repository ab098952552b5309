package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// secretFlags lists the flags that give a secret.
func (c *Connection) secretFlags() (flags []string) {
	for _, f := range []struct{ name, value string }{
		{"--api-token", c.APIToken}, {"--client-secret", c.ClientSecret}, {"--secret-file", c.SecretFile}, {"--key", c.KeyFile},
	} {
		if f.value != "" {
			flags = append(flags, f.name)
		}
	}
	return flags
}

// checkToken takes what is there without a question: a flag, a file, standard input
// or the environment.
func (c *Connection) checkToken(p *Program) error {
	if c.loaded {
		return nil
	}
	text, err := c.given(p)
	if err != nil {
		return err
	}
	return c.take(text)
}

// given returns the text of a secret, empty if there is none yet.
func (c *Connection) given(p *Program) (string, error) {
	value := c.APIToken + c.ClientSecret // one of them
	switch {
	case IsPlaceholder(c.APIToken, "TOKEN", "API_TOKEN", "OKTA_API_TOKEN") && c.APIToken != "":
		return "", errors.New("--api-token is a placeholder: put an API token there (Admin Console: Security, API, Tokens), or leave it out and be asked")
	case IsPlaceholder(c.ClientSecret, "SECRET", "CLIENT_SECRET") && c.ClientSecret != "":
		return "", errors.New("--client-secret is a placeholder: put the client secret there, or leave it out and be asked")
	case value == "-", c.SecretFile == "-", c.KeyFile == "-":
		return c.readStdin(p)
	case c.SecretFile != "":
		return readSecretFile("--secret-file", c.SecretFile)
	case c.KeyFile != "":
		return readSecretFile("--key", c.KeyFile)
	case value != "":
		p.Say("warning: a %s on the command line can be seen by others on this machine: better set %s, or leave %s out and be asked",
			c.word(), c.variable(), c.secretFlags()[0])
		return value, nil
	}
	return p.env(c.variable()), nil
}

// maxSecretText is longer than any secret, and any key.
const maxSecretText = 1 << 16

func (c *Connection) readStdin(p *Program) (string, error) {
	b, err := io.ReadAll(io.LimitReader(p.Stdin, maxSecretText))
	if err != nil {
		return "", fmt.Errorf("read the %s from standard input: %w", c.kind(), err)
	}
	if strings.TrimSpace(string(b)) == "" {
		return "", fmt.Errorf("there is no %s: standard input is empty", c.kind())
	}
	return string(b), nil
}

func readSecretFile(flag, name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecretText))
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", flag, err)
	case strings.TrimSpace(string(b)) == "":
		return "", fmt.Errorf("%s %s is empty", flag, name)
	}
	return string(b), nil
}

// take keeps a secret that was given, if it is one. An empty one is none yet.
func (c *Connection) take(text string) (err error) {
	creds := oktaint.Credentials{Kind: oktaint.KindAPIToken, ClientID: c.ClientID, ApplicationID: c.ClientID}
	if c.ClientID != "" {
		if creds.Scopes, err = ParseScopes(c.ClientScopes); err != nil {
			return err // checkFlags has told
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
		return nil
	case c.KeyFile != "":
		creds.Kind = oktaint.KindPrivateKeyJWT
		if creds.Key, err = oktaint.ParseKey([]byte(text), ""); err != nil {
			return fmt.Errorf("--key %s: %w", c.KeyFile, err)
		}
	case c.ClientID != "":
		creds.Kind = oktaint.KindClientSecret
		creds.ClientSecret, err = oktaint.ParseClientSecret(text)
	default:
		creds.APIToken, err = oktaint.ParseAPIToken(text)
	}
	if err != nil || creds.Key.IsZero() && creds.APIToken.IsZero() && creds.ClientSecret.IsZero() {
		return err
	}
	c.Credentials, c.loaded = creds, true
	return nil
}

// kind is what the secret is called.
func (c *Connection) kind() string {
	switch {
	case c.KeyFile != "":
		return "private key"
	case c.ClientID != "":
		return "client secret"
	}
	return "API token"
}

// word is kind for one that stands on the command line.
func (c *Connection) word() string {
	if c.ClientID != "" {
		return "secret"
	}
	return "token"
}

// variable is the one of the environment that holds the secret.
func (c *Connection) variable() string {
	if c.ClientID != "" {
		return "OKTA_CLIENT_CLIENTSECRET"
	}
	return "OKTA_API_TOKEN"
}

// HasCredential reports whether Check has found a credential, so that nobody
// need be asked for one.
func (c *Connection) HasCredential() bool { return c.loaded }

// askSecret asks for what is missing. The question names the org.
func (c *Connection) askSecret(ctx context.Context, p *Program) error {
	what := "API token"
	if c.Whose != "" {
		what += " of " + c.Whose
	}
	if c.ClientID != "" {
		what = "Client secret of " + c.ClientID
	}
	note := "it is not shown"
	if c.Need == Optional {
		note += "; Enter alone goes on without"
	}
	text, err := p.Secret(ctx, what+" for "+c.Org.String(), note)
	switch {
	case errors.Is(err, errInterrupted):
		return err
	case err != nil:
		return fmt.Errorf("read the %s: %w", c.kind(), err)
	}
	return Usage(c.take(text))
}
