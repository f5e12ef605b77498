"""What is on its way: deliveries, posts, attempts, and the queue that drives them."""
