// Bank moves money between accounts: wrapped errors, errors.Is and errors.As, and a panic that is recovered.
package main

import (
	"errors"
	"fmt"
	"os"
)

var ErrUnknown = errors.New("unknown account")

type InsufficientError struct {
	Account    string
	Need, Have int
}

func (e *InsufficientError) Error() string {
	return fmt.Sprintf("account %s has %d, needs %d", e.Account, e.Have, e.Need)
}

type Bank struct {
	balance map[string]int
	log     []string
}

func (b *Bank) withdraw(name string, amount int) error {
	have, ok := b.balance[name]
	switch {
	case amount < 0:
		panic(fmt.Errorf("negative amount %d", amount))
	case !ok:
		return fmt.Errorf("withdraw from %q: %w", name, ErrUnknown)
	case have < amount:
		return fmt.Errorf("withdraw: %w", &InsufficientError{name, amount, have})
	}
	b.balance[name] -= amount
	return nil
}

func (b *Bank) Transfer(from, to string, amount int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("transfer aborted: %v", r)
		}
		b.log = append(b.log, fmt.Sprintf("%s -> %s %d: %v", from, to, amount, err))
	}()
	if err := b.withdraw(from, amount); err != nil {
		return err
	}
	if _, ok := b.balance[to]; !ok {
		b.balance[from] += amount
		return fmt.Errorf("deposit to %q: %w", to, ErrUnknown)
	}
	b.balance[to] += amount
	return nil
}

func main() {
	b := &Bank{balance: map[string]int{"ada": 100, "bob": 50}}
	failed := 0
	for _, t := range []struct {
		from, to string
		amount   int
	}{{"ada", "bob", 30}, {"bob", "ada", 500}, {"eve", "bob", 1}, {"ada", "mallory", 5}, {"ada", "bob", -7}} {
		err := b.Transfer(t.from, t.to, t.amount)
		var short *InsufficientError
		switch {
		case err == nil:
			fmt.Println("done")
		case errors.As(err, &short):
			fmt.Println("short by", short.Need-short.Have)
			failed++
		case errors.Is(err, ErrUnknown):
			fmt.Println("no such account:", err)
			failed++
		default:
			fmt.Println("failed:", err)
			failed++
		}
	}
	for i, line := range b.log {
		fmt.Printf("%d. %s\n", i+1, line)
	}
	fmt.Println(b.balance)
	os.Exit(failed)
}
