module defined

go 1.27
