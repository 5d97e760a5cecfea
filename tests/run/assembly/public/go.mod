module example.com/public
go 1.24
