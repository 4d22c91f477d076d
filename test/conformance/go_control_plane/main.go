// A control plane made of go-control-plane's snapshot cache and server, told what to serve.
//
// stdin: one JSON command a line. {"version", "resources": [{"name", "any", "noise", "claim"}]}
// replaces the snapshot. `any` is a resource as JSON, `name` its key in the cache. For bad input,
// the bytes `noise` (base64) follow the resource's own, and it claims to be of the type URL `claim`.
// stdout: {"address"} once, then every request and response of every stream, one JSON line each.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/envoyproxy/go-control-plane/pkg/cache/types"
	"github.com/envoyproxy/go-control-plane/pkg/cache/v3"
	"github.com/envoyproxy/go-control-plane/pkg/server/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

type resource struct {
	Name  string          `json:"name"`
	Any   json.RawMessage `json:"any"`
	Noise []byte          `json:"noise"`
	Claim string          `json:"claim"`
}

type command struct {
	Version   string     `json:"version"`
	Resources []resource `json:"resources"`
}

type event struct {
	Event   string   `json:"event"`
	Stream  int64    `json:"stream"`
	Type    string   `json:"type"`
	Version string   `json:"version,omitempty"`
	Nonce   string   `json:"nonce,omitempty"`
	Names   []string `json:"names,omitempty"`
	Removed []string `json:"removed,omitempty"`
	Error   string   `json:"error,omitempty"`
	Nack    bool     `json:"nack,omitempty"`
	Seconds float64  `json:"seconds"`
}

// All nodes get the same snapshot.
type everyNode struct{}

func (everyNode) ID(*core.Node) string { return "all" }

type plane struct {
	cache cache.SnapshotCache
	out   *json.Encoder
	begun time.Time
	mutex sync.Mutex
	// Value bytes -> the type URL that a resource is to claim.
	claims map[string]string
}

func (p *plane) print(e event) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	e.Seconds = time.Since(p.begun).Seconds()
	p.out.Encode(e)
}

func failed(detail *status.Status, e *event) {
	if detail != nil {
		e.Nack, e.Error = true, detail.GetMessage()
	}
}

func (p *plane) onRequest(id int64, r *discovery.DiscoveryRequest) error {
	e := event{Event: "request", Stream: id, Type: r.GetTypeUrl(), Version: r.GetVersionInfo(),
		Nonce: r.GetResponseNonce(), Names: r.GetResourceNames()}
	failed(r.GetErrorDetail(), &e)
	p.print(e)
	return nil
}

func (p *plane) onDeltaRequest(id int64, r *discovery.DeltaDiscoveryRequest) error {
	e := event{Event: "request", Stream: id, Type: r.GetTypeUrl(), Nonce: r.GetResponseNonce(),
		Names: r.GetResourceNamesSubscribe(), Removed: r.GetResourceNamesUnsubscribe()}
	failed(r.GetErrorDetail(), &e)
	p.print(e)
	return nil
}

// The cache holds on to what it sends, so a claim goes into a copy.
func (p *plane) claimed(any *anypb.Any) *anypb.Any {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if claim, ok := p.claims[string(any.GetValue())]; ok {
		return &anypb.Any{TypeUrl: claim, Value: any.GetValue()}
	}
	return any
}

func (p *plane) onResponse(_ context.Context, id int64, _ *discovery.DiscoveryRequest, r *discovery.DiscoveryResponse) {
	for i, any := range r.Resources {
		r.Resources[i] = p.claimed(any)
	}
	p.print(event{Event: "response", Stream: id, Type: r.GetTypeUrl(), Version: r.GetVersionInfo(), Nonce: r.GetNonce()})
}

func (p *plane) onDeltaResponse(id int64, _ *discovery.DeltaDiscoveryRequest, r *discovery.DeltaDiscoveryResponse) {
	e := event{Event: "response", Stream: id, Type: r.GetTypeUrl(), Version: r.GetSystemVersionInfo(),
		Nonce: r.GetNonce(), Removed: r.GetRemovedResources()}
	for i, one := range r.Resources {
		e.Names = append(e.Names, one.GetName())
		if any := p.claimed(one.GetResource()); any != one.GetResource() {
			r.Resources[i] = &discovery.Resource{Name: one.GetName(), Version: one.GetVersion(), Resource: any}
		}
	}
	p.print(e)
}

// The message of `r` and its type. Noise travels as unknown fields, which nobody looks into.
func (p *plane) message(r resource) (proto.Message, string, error) {
	any := &anypb.Any{}
	if err := protojson.Unmarshal(r.Any, any); err != nil {
		return nil, "", fmt.Errorf("%s: %w", r.Name, err)
	}
	made, err := any.UnmarshalNew()
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", r.Name, err)
	}
	if r.Noise != nil {
		made.ProtoReflect().SetUnknown(r.Noise)
	}
	if r.Claim != "" {
		bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(made) // as the cache does
		if err != nil {
			return nil, "", err
		}
		p.claims[string(bytes)] = r.Claim
	}
	return made, any.GetTypeUrl(), nil
}

func (p *plane) snapshot(c command) (*cache.Snapshot, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.claims = map[string]string{}
	snapshot := &cache.Snapshot{}
	for i := range snapshot.Resources {
		snapshot.Resources[i] = cache.Resources{Version: c.Version, Items: map[string]types.ResourceWithTTL{}}
	}
	for _, r := range c.Resources {
		made, url, err := p.message(r)
		if err != nil {
			return nil, err
		}
		kind := cache.GetResponseType(url)
		if kind == types.UnknownType {
			return nil, fmt.Errorf("%s: %q is served by no cache", r.Name, url)
		}
		snapshot.Resources[kind].Items[r.Name] = types.ResourceWithTTL{Resource: made}
	}
	return snapshot, nil
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	p := &plane{cache: cache.NewSnapshotCache(true, everyNode{}, nil), out: json.NewEncoder(os.Stdout),
		begun: time.Now(), claims: map[string]string{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fatal(err)
	grpcServer := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(grpcServer, server.NewServer(context.Background(), p.cache,
		server.CallbackFuncs{StreamRequestFunc: p.onRequest, StreamResponseFunc: p.onResponse,
			StreamDeltaRequestFunc: p.onDeltaRequest, StreamDeltaResponseFunc: p.onDeltaResponse}))
	fmt.Printf("{\"address\":%q}\n", listener.Addr().String())
	go func() { fatal(grpcServer.Serve(listener)) }()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var c command
		fatal(json.Unmarshal(lines.Bytes(), &c))
		snapshot, err := p.snapshot(c)
		fatal(err)
		fatal(p.cache.SetSnapshot(context.Background(), "all", snapshot))
	}
}
