// Checks an exported log with golang.org/x/mod/sumdb/note and tlog. The tile reader of that tlog is not used: it has
// CVE-2026-56865. All tiles are built again from the entries and compared.
//
// Usage: check LOG TRUST. Exit code 0: everything holds; 1: refused, with the reason; 2: not run.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var logDir, trustDir string

func refuse(format string, args ...interface{}) {
	fmt.Printf("refused: "+format+"\n", args...)
	os.Exit(1)
}

func read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(logDir, name))
	if err != nil {
		refuse("%v", err)
	}
	return data
}

func trusted(name string) []string {
	data, err := os.ReadFile(filepath.Join(trustDir, name))
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	return strings.Split(strings.TrimSpace(string(data)), "\n")
}

func decode(text string) []byte {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		refuse("not canonical base64: %q", text)
	}
	return data
}

func hash(text string) (h tlog.Hash) {
	data := decode(text)
	if len(data) != len(h) {
		refuse("no hash: %q", text)
	}
	copy(h[:], data)
	return h
}

// A witness's key (C2SP tlog-cosignature): note.NewVerifier knows only type 1.
type witness struct {
	name string
	id   [4]byte
	key  ed25519.PublicKey
}

func witnesses() (list []witness) {
	for _, line := range trusted("witnesses") {
		parts := strings.SplitN(line, "+", 3)
		data := decode(parts[2])
		sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
		w := witness{name: parts[0], key: ed25519.PublicKey(data[1:])}
		copy(w.id[:], sum[:4])
		list = append(list, w)
	}
	return list
}

type checkpoint struct {
	size int64
	root tlog.Hash
}

func open(data []byte, what string) checkpoint {
	vkey := trusted("log.vkey")[0]
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	n, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		refuse("%s: %v", what, err)
	}
	quorum, _ := strconv.Atoi(trusted("quorum")[0])
	confirmed := map[string]bool{}
	for _, sig := range n.UnverifiedSigs {
		raw := decode(sig.Base64)
		for _, w := range witnesses() {
			if w.name != sig.Name || !bytes.Equal(raw[:4], w.id[:]) {
				continue
			}
			if len(raw) != 4+8+64 {
				refuse("%s: a cosignature of %s has a wrong length", what, w.name)
			}
			message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(raw[4:12]), n.Text)
			if !ed25519.Verify(w.key, []byte(message), raw[12:]) {
				refuse("%s: the cosignature of %s is wrong", what, w.name)
			}
			confirmed[string(w.key)] = true
		}
	}
	if len(confirmed) < quorum {
		refuse("%s: %d of %d witnesses", what, len(confirmed), quorum)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		refuse("%s: no checkpoint of %s", what, verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		refuse("%s: no size %q", what, lines[1])
	}
	return checkpoint{size, hash(lines[2])}
}

func place(n, width int64) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

func entries(size int64) (all [][]byte) {
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		name := "tile/entries/" + place(n, width)
		rest := read(name)
		for i := int64(0); i < width; i++ {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				refuse("%s is cut off", name)
			}
			length := int(binary.BigEndian.Uint16(rest))
			all = append(all, rest[2:2+length])
			rest = rest[2+length:]
		}
		if len(rest) > 0 {
			refuse("%s is too long", name)
		}
	}
	return all
}

func main() {
	if len(os.Args) != 3 {
		os.Exit(2)
	}
	logDir, trustDir = os.Args[1], os.Args[2]
	now, old := open(read("checkpoint"), "checkpoint"), open(read("checkpoint.old"), "checkpoint.old")
	all := entries(now.size)
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for i, entry := range all {
		hashes, err := tlog.StoredHashes(int64(i), entry, reader)
		if err != nil {
			refuse("%v", err)
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(now.size, reader)
	if err != nil || root != now.root {
		refuse("the entries hash to %v, the checkpoint says %v (%v)", root, now.root, err)
	}
	for level := 0; now.size>>(8*level) > 0; level++ {
		count := now.size >> (8 * level)
		for n := int64(0); n*256 < count; n++ {
			width := count - n*256
			if width > 256 {
				width = 256
			}
			var want []byte
			for i := n * 256; i < n*256+width; i++ {
				h := stored[tlog.StoredHashIndex(8*level, i)]
				want = append(want, h[:]...)
			}
			name := fmt.Sprintf("tile/%d/%s", level, place(n, width))
			if !bytes.Equal(read(name), want) {
				refuse("%s is not what the entries make", name)
			}
		}
	}
	var consistency tlog.TreeProof
	for _, line := range strings.Split(strings.TrimSuffix(string(read("consistency")), "\n"), "\n") {
		consistency = append(consistency, hash(line))
	}
	if err := tlog.CheckTree(consistency, now.size, now.root, old.size, old.root); err != nil {
		refuse("consistency: %v", err)
	}
	proofs, _ := filepath.Glob(filepath.Join(logDir, "proofs", "*.tlog-proof"))
	if len(proofs) == 0 {
		refuse("no proofs")
	}
	for _, path := range proofs {
		base := filepath.Base(path)
		text := string(read("proofs/" + base))
		cut := strings.Index(text, "\n\n")
		if cut < 0 {
			refuse("%s is cut off", base)
		}
		lines := strings.Split(text[:cut], "\n")
		wanted := strings.TrimSuffix(base, ".tlog-proof")
		if len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || lines[1] != "index "+wanted {
			refuse("%s has another header or index", base)
		}
		var proof tlog.RecordProof
		for _, line := range lines[2:] {
			proof = append(proof, hash(line))
		}
		covered := open([]byte(text[cut+2:]), base)
		index, _ := strconv.ParseInt(wanted, 10, 64)
		if index >= int64(len(all)) {
			refuse("%s: no such leaf", base)
		}
		if err := tlog.CheckRecord(proof, covered.size, covered.root, index, tlog.RecordHash(all[index])); err != nil {
			refuse("%s: %v", base, err)
		}
	}
	fmt.Printf("go: %d leaves, %d proofs\n", now.size, len(proofs))
}
