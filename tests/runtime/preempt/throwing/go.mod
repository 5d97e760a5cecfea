module throwing

go 1.27
