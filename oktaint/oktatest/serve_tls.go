package oktatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"sync"
	"time"
)

// certificateLife is how long the certificates of a Server are valid.
const certificateLife = 24 * time.Hour

// Server is an org served over TLS on a loopback address.
type Server struct {
	URL string // https://127.0.0.1:port
	CA  []byte // PEM of the certificate authority's certificate
	Org *Org

	server *http.Server
	served sync.WaitGroup
}

// Serve starts an org on addr, whose host must be a loopback address or
// localhost; port 0 is any free one. It sets cfg.Origin to the address it
// listens on. Its certificate is signed by a certificate authority made for
// this server, which is valid for 24 hours, constrained to loopback names, and
// whose key is forgotten at once.
func Serve(addr string, cfg Config) (*Server, error) {
	ip, port, err := loopback(addr)
	if err != nil {
		return nil, err
	}
	authority, certificate, err := newCertificates(ip, time.Now())
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(ip.String(), port))
	if err != nil {
		return nil, fmt.Errorf("oktatest: %w", err)
	}
	cfg.Origin = "https://" + listener.Addr().String()
	org, err := NewOrg(cfg)
	if err != nil {
		_ = listener.Close()
		return nil, err
	}
	s := &Server{URL: cfg.Origin, CA: authority, Org: org, server: newServer(org)}
	s.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	s.served.Go(func() { _ = s.server.ServeTLS(listener, "", "") })
	return s, nil
}

// Close stops the server and closes all connections.
func (s *Server) Close() {
	s.Org.Close()
	_ = s.server.Close()
	s.served.Wait()
}

// loopback checks that an address is one that only this machine reaches.
func loopback(addr string) (net.IP, string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, "", fmt.Errorf("oktatest: address %q: want host:port", addr)
	}
	if host == "localhost" {
		return net.IPv4(127, 0, 0, 1), port, nil
	}
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return nil, "", fmt.Errorf("oktatest: address %q: want a loopback address, as 127.0.0.1:0", addr)
	}
	return ip, port, nil
}

// newCertificates makes a certificate authority and a certificate that it
// signs for ip and the usual loopback names, and drops the authority's key.
func newCertificates(ip net.IP, now time.Time) (authority []byte, leaf tls.Certificate, err error) {
	fail := func(err error) ([]byte, tls.Certificate, error) {
		return nil, tls.Certificate{}, fmt.Errorf("oktatest: certificate: %w", err)
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fail(err)
	}
	from, to := now.Add(-time.Minute), now.Add(certificateLife-time.Minute)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "oktatest: simulated Okta org"},
		NotBefore: from, NotAfter: to,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"},
		PermittedIPRanges: []*net.IPNet{
			{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
			{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
		},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return fail(err)
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{ip, net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	leafDER, err := x509.CreateCertificate(rand.Reader, server, ca, leafKey.Public(), caKey)
	if err != nil {
		return fail(err)
	}
	authority = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	return authority, tls.Certificate{Certificate: [][]byte{leafDER}, PrivateKey: leafKey}, nil
}
