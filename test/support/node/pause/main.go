// What keeps a pod's namespaces open: waits to be told to go.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 1)
	// It is process 1 of its pod: with the children ignored, the kernel reaps the orphans that it inherits.
	signal.Ignore(syscall.SIGCHLD)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	<-signals
}
