package conformance

import (
	"os"
	"sync"
	"testing"
)

const (
	recordingsEnv = "OKTA_RECORDINGS"
	documentsEnv  = "OKTA_OPENAPI"
	origin        = "https://acme.okta.com"
	host          = "acme.okta.com"
)

// setting returns an environment variable, or skips t where it is unset.
func setting(t *testing.T, name, what string) string {
	t.Helper()
	value := os.Getenv(name)
	if value == "" {
		t.Skipf("skipped: %s, which names %s, is not set", name, what)
	}
	return value
}

// recorded returns all recorded exchanges, or skips t.
func recorded(t *testing.T) []exchange {
	t.Helper()
	all, err := readRecordings(setting(t, recordingsEnv, "the file of recorded exchanges"))
	if err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("%s holds no exchange", recordingsEnv)
	}
	return all
}

func readRecordings(path string) ([]exchange, error) {
	recordingsOnce.Do(func() {
		file, err := os.Open(path)
		if err != nil {
			recordingsErr = err
			return
		}
		defer file.Close()
		recordings, recordingsErr = readExchanges(file)
	})
	return recordings, recordingsErr
}

var (
	recordingsOnce sync.Once
	recordings     []exchange
	recordingsErr  error
)

// openAPI returns Okta's documents, or skips t.
func openAPI(t *testing.T) *documents {
	t.Helper()
	docs, err := readDocuments(setting(t, documentsEnv, "the folder of Okta's OpenAPI documents"))
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

func readDocuments(folder string) (*documents, error) {
	documentsOnce.Do(func() { documentsRead, documentsErr = loadDocuments(folder, origin) })
	return documentsRead, documentsErr
}

var (
	documentsOnce sync.Once
	documentsRead *documents
	documentsErr  error
)
