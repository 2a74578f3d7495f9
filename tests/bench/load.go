// An open loop: requests begin at their appointed times whether or not earlier ones have been answered,
// so that a stall counts for every request it delays. Prints the quantiles in microseconds.
//
//	load URL CA-FILE BODY-FILE CONNECTIONS RATE SECONDS
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"sync"
	"time"
)

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func main() {
	ca, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	body, err := os.ReadFile(os.Args[3])
	if err != nil {
		panic(err)
	}
	connections, rate, seconds := number(os.Args[4]), number(os.Args[5]), number(os.Args[6])
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots},
		MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	post := func() bool {
		answer, err := client.Post(os.Args[1], "application/json", bytes.NewReader(body))
		if err != nil {
			return false
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err == nil && answer.StatusCode == http.StatusOK
	}
	var all sync.WaitGroup
	for i := 0; i < connections; i++ { // every connection has shaken hands before the clock starts
		all.Add(1)
		go func() { defer all.Done(); post() }()
	}
	all.Wait()

	total := rate * seconds
	latency := make([]time.Duration, total)
	failed := make([]bool, total)
	start := time.Now().Add(100 * time.Millisecond)
	for i := 0; i < total; i++ {
		time.Sleep(time.Until(start.Add(time.Duration(i) * time.Second / time.Duration(rate))))
		all.Add(1)
		go func() {
			defer all.Done()
			begin := time.Now() // waiting for a free connection counts; our own timer's lateness does not
			failed[i] = !post()
			latency[i] = time.Since(begin)
		}()
	}
	all.Wait()
	sort.Slice(latency, func(a, b int) bool { return latency[a] < latency[b] })
	failures := 0
	for _, f := range failed {
		if f {
			failures++
		}
	}
	fmt.Println(latency[total/2].Microseconds(), latency[total*99/100].Microseconds(), failures)
}
