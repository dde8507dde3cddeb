"""What electricity costs. The contract is a scan without text; this is what every invoice of last year comes to."""

CENTS_PER_KWH = 31.0
