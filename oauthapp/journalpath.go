package oauthapp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// maxName bounds the name of a journal file before its ending, in bytes: file
// systems take 255 for a name, and ".json.lock" comes after it.
const maxName = 200

// DefaultJournalPath returns where the journal of an app belongs, as a
// [durable.File]: in [os.UserConfigDir], rezonate-okta/ORGID/LABEL.json, with the org's id from
// [oktaint.Discover] and the label escaped by [url.PathEscape], and a colon,
// which Windows does not take, as %3A.
//
// An escaped label of more than 200 bytes is cut there, between two
// characters, and "%-" and the SHA-256 of the label follow in hex. No label is
// escaped to such a name, so two labels never share a file, but where the file
// system does not tell capitals from small letters; there the journal of one
// refuses the other. It makes no folder and no file.
func DefaultJournalPath(orgID, label string) (string, error) {
	if orgID == "" || strings.Trim(orgID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != "" {
		return "", fmt.Errorf("oauthapp: %.40q is no org id: take it from oktaint.Discover", orgID)
	}
	if err := checkLabel(label); err != nil {
		return "", fmt.Errorf("oauthapp: %w", err)
	}
	config, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("oauthapp: no place for the journal: name one: %w", err)
	}
	return filepath.Join(config, "rezonate-okta", orgID, journalName(label)+".json"), nil
}

func journalName(label string) string {
	name := escapeName(label)
	if len(name) <= maxName {
		return name
	}
	sum := sha256.Sum256([]byte(label))
	end := "%-" + hex.EncodeToString(sum[:])
	var cut strings.Builder
	for _, r := range label {
		part := escapeName(string(r))
		if cut.Len()+len(part)+len(end) > maxName {
			break
		}
		cut.WriteString(part)
	}
	return cut.String() + end
}

func escapeName(s string) string { return strings.ReplaceAll(url.PathEscape(s), ":", "%3A") }
