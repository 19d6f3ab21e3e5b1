module lab/pause

go 1.24.0

tool lab/pause
