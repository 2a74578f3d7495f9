// A bare validating webhook as most are written: net/http, encoding/json, no rules. The peer of the
// benchmark.
package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
)

type review struct {
	Kind       string    `json:"kind"`
	APIVersion string    `json:"apiVersion"`
	Request    *request  `json:"request,omitempty"`
	Response   *response `json:"response,omitempty"`
}

type request struct {
	UID       string         `json:"uid"`
	Kind      map[string]any `json:"kind"`
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Operation string         `json:"operation"`
	UserInfo  map[string]any `json:"userInfo"`
	Object    map[string]any `json:"object"`
	OldObject map[string]any `json:"oldObject"`
	DryRun    bool           `json:"dryRun"`
}

type response struct {
	UID     string `json:"uid"`
	Allowed bool   `json:"allowed"`
}

func validate(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 8<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var in review
	if err := json.Unmarshal(body, &in); err != nil || in.Request == nil {
		http.Error(w, "no AdmissionReview", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(review{Kind: in.Kind, APIVersion: in.APIVersion,
		Response: &response{UID: in.Request.UID, Allowed: true}})
}

func main() {
	http.HandleFunc("/validate", validate)
	panic(http.ListenAndServeTLS(os.Args[1], os.Args[2], os.Args[3], nil))
}
