// Verifies a ledger with Go's own note and tlog packages: an implementation that shares nothing with ours.
// go run . <folder of the ledger>
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
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

func (t tiles) Height() int                           { return 8 }
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

func main() {
	root := os.Args[1]
	key, err := os.ReadFile(filepath.Join(root, "log.vkey"))
	if err != nil {
		fail("key: %v", err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err != nil {
		fail("key: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(root, "checkpoint"))
	if err != nil {
		fail("checkpoint: %v", err)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		fail("checkpoint: %v", err)
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		fail("checkpoint size: %v", err)
	}
	rootHash, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(rootHash) != sha256.Size {
		fail("checkpoint root: %v", err)
	}
	tree := tlog.Tree{N: size, Hash: tlog.Hash(rootHash)}
	// Checks every tile that it reads against the signed root.
	reader := tlog.TileHashReader(tree, tiles{root})
	segments, _ := filepath.Glob(filepath.Join(root, "segments", "*.ndjson"))
	sort.Strings(segments)
	var entry int64
	for _, segment := range segments {
		file, err := os.Open(segment)
		if err != nil {
			fail("segment: %v", err)
		}
		scanner := bufio.NewScanner(file)
		scanner.Buffer(make([]byte, 1<<20), 1<<20)
		for scanner.Scan() && entry < size {
			proof, err := tlog.ProveRecord(size, entry, reader)
			if err != nil {
				fail("entry %d: %v", entry, err)
			}
			if err := tlog.CheckRecord(proof, size, tree.Hash, entry, tlog.RecordHash(scanner.Bytes())); err != nil {
				fail("entry %d: %v", entry, err)
			}
			entry++
		}
		file.Close()
	}
	if entry != size {
		fail("%d entries of %d", entry, size)
	}
	fmt.Printf("%s %d ok\n", lines[0], size)
}
