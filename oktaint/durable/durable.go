// Package durable has what files need that several processes use and that have to
// survive a crash: a lock that ends with its holder, and names that are on the
// disk. The journal of oauthapp and the records of remediation are made with it.
package durable

// Lock locks the file at path, which it makes with the mode 0600 if it is missing,
// by an advisory lock of the operating system (flock, or an exclusive open on
// Windows). The system drops the lock when its holder dies, by SIGKILL too, so that
// none is ever stale. It does not wait: unlock is nil if somebody else holds it, in
// this process or another. Network file systems that do not lock across machines
// are no place for it.
func Lock(path string) (unlock func(), err error) { return lock(path) }
