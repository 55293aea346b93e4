// Verifies a ledger with Go's own note and tlog packages: an implementation that shares nothing with ours.
// go run . [-key FILE] [-seen FILE]... <folder of the ledger>
package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// tiles reads hash tiles below a folder; C2SP paths have no height in them.
type tiles struct{ root string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(t.root, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

// many is a flag that may stand several times.
type many []string

func (m *many) String() string         { return strings.Join(*m, " ") }
func (m *many) Set(value string) error { *m = append(*m, value); return nil }

// checkpoint opens a signed note and gives its tree.
func checkpoint(path string, verifiers note.Verifiers) (string, tlog.Tree) {
	text, err := os.ReadFile(path)
	if err != nil {
		fail("checkpoint: %v", err)
	}
	opened, err := note.Open(text, verifiers)
	if err != nil {
		fail("checkpoint %s: %v", filepath.Base(path), err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("checkpoint size: %v", err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != sha256.Size {
		fail("checkpoint root: %v", err)
	}
	return lines[0], tlog.Tree{N: size, Hash: tlog.Hash(root)}
}

// lines gives the entries of a segment, plain or gzip.
func lines(segment string, take func([]byte)) {
	file, err := os.Open(segment)
	if err != nil {
		fail("segment: %v", err)
	}
	defer file.Close()
	var reader io.Reader = file
	if strings.HasSuffix(segment, ".gz") {
		if reader, err = gzip.NewReader(file); err != nil {
			fail("segment %s: %v", filepath.Base(segment), err)
		}
	}
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(make([]byte, 1<<20), 1<<20)
	for scanner.Scan() {
		take(scanner.Bytes())
	}
	if err := scanner.Err(); err != nil {
		fail("segment %s: %v", filepath.Base(segment), err)
	}
}

func main() {
	var seen many
	keyPath := flag.String("key", "", "verifier key of the log, kept elsewhere; default: the one beside the log")
	flag.Var(&seen, "seen", "checkpoint seen earlier; may stand several times")
	flag.Parse()
	root := flag.Arg(0)
	key, err := os.ReadFile(filepath.Join(root, "log.vkey"))
	if err != nil {
		fail("key: %v", err)
	}
	if *keyPath != "" {
		given, err := os.ReadFile(*keyPath)
		if err != nil {
			fail("key: %v", err)
		}
		if strings.TrimSpace(string(given)) != strings.TrimSpace(string(key)) {
			fail("key: the one beside the log is not the one given")
		}
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		fail("key: %v", err)
	}
	verifiers := note.VerifierList(verifier)
	origin, tree := checkpoint(filepath.Join(root, "checkpoint"), verifiers)
	// Checks every tile that it reads against the signed root.
	reader := tlog.TileHashReader(tree, tiles{root})
	for _, path := range seen {
		_, old := checkpoint(path, verifiers)
		if old.N > tree.N {
			fail("rolled back: %d entries were seen, %d are signed", old.N, tree.N)
		}
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		if err != nil {
			fail("tiles: %v", err)
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			fail("forked: the log is not the one whose %d entries were seen", old.N)
		}
	}
	plain, _ := filepath.Glob(filepath.Join(root, "segments", "*.ndjson"))
	packed, _ := filepath.Glob(filepath.Join(root, "segments", "*.ndjson.gz"))
	segments := append(plain, packed...)
	sort.Strings(segments)
	var entry int64
	for i, segment := range segments {
		first, err := strconv.ParseInt(strings.SplitN(filepath.Base(segment), ".", 2)[0], 10, 64)
		if err != nil {
			fail("segment: %v", err)
		}
		// Retention drops the oldest; their hashes are in the tiles.
		if i == 0 {
			entry = first
		}
		if first != entry {
			fail("segment %d does not follow on entry %d", first, entry-1)
		}
		lines(segment, func(line []byte) {
			if entry < tree.N {
				proof, err := tlog.ProveRecord(tree.N, entry, reader)
				if err != nil {
					fail("entry %d: %v", entry, err)
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, entry, tlog.RecordHash(line)); err != nil {
					fail("entry %d: %v", entry, err)
				}
			}
			entry++
		})
	}
	if entry < tree.N {
		fail("%d entries of %d", entry, tree.N)
	}
	fmt.Printf("%s %d ok\n", origin, tree.N)
}
