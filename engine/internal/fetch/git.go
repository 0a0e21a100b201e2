package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"

	"github.com/gitlint-ops/gitlint-ops/engine/internal/fault"
)

const headRef = "HEAD"

var (
	scpLike  = regexp.MustCompile(`^(?:[^@/\s]+@)?([^:/\s]+):([^:/\s]\S*)$`)
	isCommit = regexp.MustCompile(`^[0-9a-f]{40}$`)
	isShort  = regexp.MustCompile(`^[0-9a-f]{7,39}$`)
)

// gitTree brings the files of a commit, without any history.
func (f *Fetcher) gitTree(ctx context.Context, source Source) (*Artifact, error) {
	address, err := webAddress(source.URL)
	if err != nil {
		return nil, err
	}
	session, err := f.session(address)
	if err != nil {
		return nil, err
	}
	refs, err := session.AdvertisedReferencesContext(ctx)
	if err != nil {
		return nil, gitFault(err, address)
	}
	wanted, name, err := resolveRef(refs, source)
	if err != nil {
		return nil, err
	}
	commit, err := download(ctx, session, refs, wanted)
	if err != nil {
		return nil, gitFault(err, address)
	}
	packed := &packer{}
	if err := packed.tree(commit); err != nil {
		return nil, err
	}
	data, err := packed.bytes()
	return &Artifact{data: data, extension: ".tar", Version: name, Revision: commit.Hash.String(), LeftOut: packed.leftOut}, err
}

// webAddress gives the https address of a repository: SSH is not spoken, and most servers that do have both.
func webAddress(written string) (string, error) {
	text := strings.TrimPrefix(written, "git::")
	if !strings.Contains(text, "://") {
		match := scpLike.FindStringSubmatch(text)
		if match == nil {
			return "", fault.New(fault.Failed, "'%s' is not the address of a Git repository", shown(text))
		}
		text = "ssh://" + match[1] + "/" + match[2]
	}
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" {
		return "", fault.New(fault.Failed, "'%s' is not the address of a Git repository", shown(written))
	}
	switch parsed.Scheme {
	case "http", "https":
	case "ssh", "git", "git+ssh":
		parsed.Scheme, parsed.Host = "https", parsed.Hostname()
	default:
		return "", refused("%s is asked over %s; only https is spoken", parsed.Hostname(), parsed.Scheme)
	}
	parsed.User, parsed.RawQuery, parsed.Fragment = nil, "", ""
	return strings.TrimRight(parsed.String(), "/"), nil
}

func (f *Fetcher) session(address string) (transport.UploadPackSession, error) {
	endpoint, err := transport.NewEndpoint(address)
	if err != nil {
		return nil, err
	}
	var login transport.AuthMethod
	if found := f.users.forHost(address); found != nil {
		login = &githttp.BasicAuth{Username: found.name, Password: found.password}
	}
	return githttp.NewClient(f.http).NewUploadPackSession(endpoint, login)
}

// resolveRef gives the commit or tag that a revision means, as Flux and Argo CD read it, and its name.
func resolveRef(refs *packp.AdvRefs, source Source) (plumbing.Hash, string, error) {
	wanted := source.Version
	if wanted == "" || wanted == headRef {
		if refs.Head == nil {
			return plumbing.ZeroHash, "", fault.New(NotFound, "%s has no default branch", shown(source.URL))
		}
		return *refs.Head, headRef, nil
	}
	for _, name := range []string{wanted, "refs/tags/" + wanted, "refs/heads/" + wanted} {
		if hash, known := refs.References[name]; known {
			return hash, wanted, nil
		}
	}
	if isCommit.MatchString(wanted) {
		return plumbing.NewHash(wanted), wanted, nil
	}
	if tag := newestGitTag(refs, wanted); tag != "" {
		return refs.References["refs/tags/"+tag], tag, nil
	}
	if hash, known := commitOf(refs, wanted); known {
		return hash, wanted, nil
	}
	return plumbing.ZeroHash, "", fault.New(NotFound, "%s has no branch, tag or advertised commit '%s'", shown(source.URL), wanted)
}

func newestGitTag(refs *packp.AdvRefs, wanted string) string {
	within, err := semver.NewConstraint(wanted)
	if err != nil {
		return ""
	}
	tags := []string{}
	for name := range refs.References {
		if tag, ok := strings.CutPrefix(name, "refs/tags/"); ok {
			tags = append(tags, tag)
		}
	}
	return newestTag(tags, within)
}

func commitOf(refs *packp.AdvRefs, short string) (plumbing.Hash, bool) {
	if !isShort.MatchString(short) {
		return plumbing.ZeroHash, false
	}
	for _, hash := range refs.References {
		if strings.HasPrefix(hash.String(), short) {
			return hash, true
		}
	}
	return plumbing.ZeroHash, false
}

func download(
	ctx context.Context, session transport.UploadPackSession, refs *packp.AdvRefs, wanted plumbing.Hash,
) (*object.Commit, error) {
	asked := packp.NewUploadPackRequest()
	asked.Wants = []plumbing.Hash{wanted}
	for _, one := range []capability.Capability{capability.OFSDelta, capability.Shallow} {
		if refs.Capabilities.Supports(one) {
			if err := asked.Capabilities.Set(one); err != nil {
				return nil, err
			}
		}
	}
	if refs.Capabilities.Supports(capability.Shallow) {
		asked.Depth = packp.DepthCommits(1)
	}
	answer, err := session.UploadPack(ctx, asked)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Close() }()
	storage := memory.NewStorage()
	if err := packfile.UpdateObjectStorage(storage, answer); err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return commitBehind(storage, wanted)
}

// commitBehind follows an annotated tag to its commit.
func commitBehind(storage *memory.Storage, hash plumbing.Hash) (*object.Commit, error) {
	if tag, err := object.GetTag(storage, hash); err == nil {
		return tag.Commit()
	}
	return object.GetCommit(storage, hash)
}

// tree packs the files of a commit; links stay links, submodules are left out as `git archive` does.
func (p *packer) tree(commit *object.Commit) error {
	root, err := commit.Tree()
	if err != nil {
		return err
	}
	files := object.NewTreeWalker(root, true, nil)
	defer files.Close()
	for {
		name, entry, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !entry.Mode.IsFile() {
			continue
		}
		blob, err := root.TreeEntryFile(&entry)
		if err != nil {
			return err
		}
		if err := p.blob(name, blob, entry.Mode == filemode.Symlink); err != nil {
			return err
		}
	}
}

func (p *packer) blob(name string, file *object.File, isLink bool) error {
	if file.Size > maxFileBytes {
		p.leftOut = append(p.leftOut, name)
		return nil
	}
	text, err := file.Contents()
	if err != nil {
		return err
	}
	return p.add(name, []byte(text), isLink)
}

// errDamaged is a pack that cannot be read to its end: the libraries below do not say that it broke off.
var errDamaged = errors.New("a damaged pack")

// gitFault gives the errors of go-git's transport their HTTP status back.
func gitFault(err error, address string) error {
	var failed *githttp.Err
	if errors.As(err, &failed) {
		return statusFault(&url.URL{Host: hostOf(address), Path: shown(address)}, failed.StatusCode())
	}
	var own *fault.Error
	switch {
	case errors.As(err, &own), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, errDamaged):
		return fault.New(Unreachable, "%s breaks off, or sends what is no Git pack", hostOf(address))
	case errors.Is(err, transport.ErrEmptyUploadPackRequest), strings.Contains(err.Error(), "not our ref"):
		return fault.New(NotFound, "%s does not give that commit", shown(address))
	}
	return err
}
