-- The write that an event takes back: both of them together are as if neither had been.
alter table events add column takes_back uuid;
