"""What ten years take: 1M threads, 5M messages, 50M events, 5M deliveries, or a share of that."""
