// Bundle checks an audit bundle with Go's own transparency log packages and nothing of ours.
//
//	bundle [-policy FILE] [-since FILE] [-flips FILE] BUNDLE
//
// It knows the signatures, trees, proofs and hashes of a bundle, not what its events mean: verify.py
// is stricter. With -flips it reads lines of "name offset bit" and tells of each flipped bundle
// whether it still holds. It was written against docs/format.md only.
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	leftOut   = 0xffffffff
	recordLen = 104
	rootAt    = 40 // of the slot tree's root in an epoch record
)

type bundle map[string][]byte

func main() {
	policy := flag.String("policy", "", "the policy you kept, instead of the bundle's")
	since := flag.String("since", "", "a root/checkpoint you kept")
	flips := flag.String("flips", "", "lines of: name offset bit")
	flag.Parse()
	files, err := load(flag.Arg(0))
	exitIf(err)
	if *policy != "" {
		files["policy"], err = os.ReadFile(*policy)
		exitIf(err)
	}
	kept := []byte(nil)
	if *since != "" {
		kept, err = os.ReadFile(*since)
		exitIf(err)
	}
	if *flips != "" {
		exitIf(flipped(files, *flips))
		return
	}
	events, epochs, err := check(files, kept)
	exitIf(err)
	fmt.Printf("valid: %d events, %d epochs\n", events, epochs)
}

func exitIf(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "not valid:", err)
		os.Exit(1)
	}
}

func load(place string) (bundle, error) {
	files := bundle{}
	err := filepath.WalkDir(place, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(place, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return files, err
}

// flipped prints accepted or rejected for each flip of the list.
func flipped(files bundle, list string) error {
	raw, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var name string
		var at, bit int
		if _, err := fmt.Sscan(lines.Text(), &name, &at, &bit); err != nil {
			return err
		}
		files[name][at] ^= 1 << bit
		if _, _, err := check(files, nil); err != nil {
			fmt.Println("rejected")
		} else {
			fmt.Println("accepted")
		}
		files[name][at] ^= 1 << bit
	}
	return lines.Err()
}

// check verifies everything that Go's packages can and returns the numbers of events and epochs.
func check(files bundle, kept []byte) (events, epochs int64, err error) {
	first, _, _ := strings.Cut(string(files["policy"]), "\n")
	vkey, found := cutPrefix(first, "log ")
	if !found {
		return 0, 0, errors.New("the policy names no log")
	}
	root, err := openTree(files["root/checkpoint"], vkey)
	if err != nil {
		return 0, 0, fmt.Errorf("root/checkpoint: %w", err)
	}
	name, _, _ := strings.Cut(string(files["practice/checkpoint"]), "\n")
	own, err := keyFor(vkey, name)
	if err != nil {
		return 0, 0, err
	}
	practice, err := openTree(files["practice/checkpoint"], own)
	if err != nil {
		return 0, 0, fmt.Errorf("practice/checkpoint: %w", err)
	}
	rootHashes := tlog.TileHashReader(root, reader{files, "root/"})
	for _, tree := range []struct {
		tlog.Tree
		tlog.HashReader
	}{{root, rootHashes}, {practice, tlog.TileHashReader(practice, reader{files, "practice/"})}} {
		if made, err := tlog.TreeHash(tree.N, tree.HashReader); err != nil || made != tree.Hash {
			return 0, 0, fmt.Errorf("tiles do not make a signed root: %v", err)
		}
	}
	if err := checkEntries(files, practice); err != nil {
		return 0, 0, err
	}
	if err := checkEpochs(files, rootHashes, root.N, name, practice); err != nil {
		return 0, 0, err
	}
	if err := checkProofs(files, vkey, own); err != nil {
		return 0, 0, err
	}
	if err := checkConsistency(files, root, rootHashes); err != nil {
		return 0, 0, err
	}
	if err := checkTimestamped(files, vkey, root, rootHashes); err != nil {
		return 0, 0, err
	}
	if kept == nil {
		return practice.N, root.N, nil
	}
	before, err := openTree(kept, vkey)
	if err != nil {
		return 0, 0, fmt.Errorf("the checkpoint you kept: %w", err)
	}
	return practice.N, root.N, extends(before, root, rootHashes)
}

// keyFor returns the same key under another name: a practice's log is signed with the log's key.
func keyFor(vkey, name string) (string, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return "", errors.New("the policy's key is malformed")
	}
	if !strings.HasPrefix(name, parts[0]+"/p/") {
		return "", errors.New("practice/checkpoint is of another log")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 33 || key[0] != 1 {
		return "", errors.New("the policy's key is not Ed25519")
	}
	return note.NewEd25519VerifierKey(name, key[1:])
}

// openTree verifies a checkpoint and returns the tree it signs.
func openTree(raw []byte, vkey string) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	var tree tlog.Tree
	if _, err := fmt.Sscan(lines[1], &tree.N); err != nil || fmt.Sprint(tree.N) != lines[1] {
		return tlog.Tree{}, errors.New("malformed size")
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func extends(before, after tlog.Tree, hashes tlog.HashReader) error {
	if before.N > after.N {
		return errors.New("shorter than the checkpoint you kept")
	}
	proof, err := tlog.ProveTree(after.N, before.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, after.N, after.Hash, before.N, before.Hash)
}

// reader hands tiles of a bundle to tlog, which checks them against the tree.
type reader struct {
	files bundle
	under string
}

func (r reader) Height() int                     { return 8 }
func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(tiles))
	for i, tile := range tiles {
		path := r.under + "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/")
		raw, there := r.files[path]
		if !there || len(raw) != tile.W*tlog.HashSize {
			return nil, fmt.Errorf("%s is missing or not whole", path)
		}
		all[i] = raw
	}
	return all, nil
}

// next cuts a piece after its length, a number of so many bytes, off the front.
func next(raw []byte, width int) (piece, rest []byte, length uint32, err error) {
	if len(raw) < width {
		return nil, nil, 0, errors.New("cut off")
	}
	if width == 2 {
		length = uint32(binary.BigEndian.Uint16(raw))
	} else if length = binary.BigEndian.Uint32(raw); length == leftOut {
		return nil, raw[width:], length, nil
	}
	if uint64(len(raw)-width) < uint64(length) {
		return nil, nil, 0, errors.New("cut off")
	}
	end := width + int(length)
	return raw[width:end], raw[end:], length, nil
}

// checkEntries holds every entry to its hash in the tree, and every body to its entry.
func checkEntries(files bundle, tree tlog.Tree) error {
	hashes := tlog.TileHashReader(tree, reader{files, "practice/"})
	for first := int64(0); first < tree.N; first += 256 {
		width := int(min(tree.N-first, 256))
		path := strings.TrimPrefix(tlog.Tile{H: 8, L: 0, N: first / 256, W: width}.Path(), "tile/8/0/")
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		expected, err := hashes.ReadHashes(indexes)
		if err != nil {
			return err
		}
		entries, bodies := files["practice/tile/entries/"+path], files["bodies/"+path]
		for i := range expected {
			var entry, body []byte
			var length uint32
			if entry, entries, _, err = next(entries, 2); err != nil {
				return fmt.Errorf("entries of %s: %w", path, err)
			}
			if tlog.RecordHash(entry) != expected[i] {
				return fmt.Errorf("entry %d is not the one in the tree", first+int64(i))
			}
			if body, bodies, length, err = next(bodies, 4); err != nil {
				return fmt.Errorf("bodies of %s: %w", path, err)
			}
			sum := sha256.Sum256(body)
			if length != leftOut && !bytes.HasSuffix(entry, sum[:]) {
				return fmt.Errorf("the body of entry %d is not the one it commits to", first+int64(i))
			}
		}
		if len(entries)+len(bodies) > 0 {
			return fmt.Errorf("more than %d entries in %s", width, path)
		}
	}
	return nil
}

// cutPrefix is strings.CutPrefix, which Debian's Go does not have yet.
func cutPrefix(text, prefix string) (string, bool) {
	return strings.TrimPrefix(text, prefix), strings.HasPrefix(text, prefix)
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
