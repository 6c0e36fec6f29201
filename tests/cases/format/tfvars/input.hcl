region="eu-west-1"
zones=["a","b"]
tags={
Team="platform"
CostCentre=42
}
