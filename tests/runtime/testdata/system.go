package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go io.Copy(c, c)
		}
	}()
	for i := 0; i < 5; i++ {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Fprintf(c, "line %d\n", i)
		s, _ := bufio.NewReader(c).ReadString('\n')
		fmt.Print(s)
		c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		_, err = c.Read(make([]byte, 1))
		ne, ok := err.(net.Error)
		fmt.Println(ok && ne.Timeout())
		c.Close()
	}
	l.Close()
	out, err := exec.Command("/bin/echo", "from", "child").Output()
	fmt.Printf("%q %v\n", out, err)
	err = exec.Command("/bin/false").Run()
	fmt.Println(err)
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-ch)
	r, w, _ := os.Pipe()
	go func() { time.Sleep(10 * time.Millisecond); w.Write([]byte("x")); w.Close() }()
	b, _ := io.ReadAll(r)
	fmt.Println(string(b))
	tk := time.NewTicker(5 * time.Millisecond)
	for i := 0; i < 3; i++ {
		<-tk.C
	}
	tk.Stop()
	tm := time.AfterFunc(time.Hour, func() {})
	fmt.Println(tm.Stop())
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	time.Sleep(time.Second)
}
